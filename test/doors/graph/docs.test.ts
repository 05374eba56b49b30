import { afterAll, describe, expect, test } from 'vitest';
import { closeNodes, openHttpNodes, stubNode } from '../../support/graph/nodes.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';

afterAll(closeNodes);

/** A row of two columns in, three probabilities out. */
class Scaler {
  transformInput = (rows: unknown) => rows;
  initMetadata = () => ({
    inputs: [{ messagetype: 'tensor', schema: { names: ['width', 'height'], shape: [2] } }],
  });
}
class Router {
  route = () => 1;
}
class Model {
  predict = () => [[0.2, 0.3, 0.5]];
  initMetadata = () => ({
    outputs: [{ messagetype: 'ndarray', schema: { names: ['a', 'b', 'c'], shape: [3] } }],
  });
}
const UNITS = { scale: unitOf(Scaler), route: unitOf(Router), m0: unitOf(Model), m1: unitOf(Model) };
const GRAPH = {
  name: 'scale',
  type: 'TRANSFORMER',
  children: [{ name: 'route', type: 'ROUTER', children: [{ name: 'm0' }, { name: 'm1' }] }],
};
const ROW = { data: { ndarray: [[1, 2]] } };

describe('Server-Timing', () => {
  const timingOf = (headers: Readonly<Record<string, string>>) => headers['server-timing'];
  const ASKED = { 'seldon-graph-timing': 'true' };

  test('has the milliseconds of each unit that was called, if it is asked for', async () => {
    const served = await serveGraph(graphPlan(GRAPH), UNITS);
    const { status, headers } = await served.send(prediction(ROW, ASKED));
    expect(status).toBe(200);
    const metrics = timingOf(headers)?.split(', ') ?? [];
    expect(metrics.map((each) => each.replace(/;.*/, ''))).toEqual(['scale', 'route', 'm1']);
    for (const metric of metrics) {
      expect(metric).toMatch(/^\w+;dur=\d+(\.\d{1,3})?$/);
    }
  });

  test.each<[string, Record<string, string>]>([
    ['without the header', {}],
    ['with another value', { 'seldon-graph-timing': 'false' }],
  ])('is not there %s', async (_what, headers) => {
    const served = await serveGraph(graphPlan(GRAPH), UNITS);
    expect((await served.send(prediction(ROW, headers))).headers).not.toHaveProperty('server-timing');
  });

  test('is not there for a feedback, and is no business of the units', async () => {
    const arrived: Parameters<typeof stubNode>[2] = [];
    const target = await openHttpNodes(new Map([['m', stubNode('m', {}, arrived)]]));
    const served = await serveGraph(graphPlan({ name: 'm' }, { target }), {});
    const told = await served.send(feedback({ request: ROW, response: {}, reward: 1 }, ASKED));
    expect({ status: told.status, timing: timingOf(told.headers) }).toEqual({
      status: 200,
      timing: undefined,
    });
    expect(timingOf((await served.send(prediction(ROW, ASKED))).headers)).toMatch(/^m;dur=/);
    expect(arrived).toHaveLength(2);
    expect(arrived.every(({ headers }) => !('seldon-graph-timing' in (headers ?? {})))).toBe(true);
  });

  test('has names as tokens, whatever they are', async () => {
    const name = 'ü (1), "x";dur=9\r\nset-cookie: a';
    const served = await serveGraph(graphPlan({ name }), { [name]: unitOf(Model) });
    const { headers } = await served.send(prediction(ROW, ASKED));
    const [, token = ''] = /^([!#$%&'*+\-.^`|~\w]+);dur=[\d.]+$/.exec(timingOf(headers) ?? '') ?? [];
    expect(decodeURIComponent(token)).toBe(name);
  });

  test('has fifty units at most', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `m${index}`);
    const units = Object.fromEntries(names.map((name) => [name, unitOf(Model)]));
    const plan = graphPlan({ name: 'all', type: 'UNKNOWN_TYPE', children: names.map((name) => ({ name })) });
    const served = await serveGraph(plan, { ...units, all: unitOf(Model) });
    const { headers } = await served.send(prediction(ROW, ASKED));
    expect(timingOf(headers)?.split(', ')).toHaveLength(50);
  });
});
