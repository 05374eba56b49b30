import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeldonError } from '../../../src/index.ts';
import { GRAPH_ROUTES } from '../../../src/runtime/graph/routes.ts';
import { apiGatewayV2, lambdaContext, readResult } from '../../support/events.ts';
import { closeNodes, openHttpNodes, stubNode } from '../../support/graph/nodes.ts';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, graphPlan, prediction, renamed, unitOf } from '../../support/graph/simple-graph.ts';
import {
  type Document,
  examplesOf,
  nodesOf,
  operationsOf,
  resolve,
  validatorOf,
} from '../../support/openapi.ts';

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
class Json {
  predict = () => ({ ok: true });
  initMetadata = () => ({
    inputs: [{ messagetype: 'jsonData', schema: { $ref: '#/$defs/A', $defs: { A: { type: 'string' } } } }],
  });
}
class Broken {
  constructor() {
    throw new SeldonError('NO_WEIGHTS', 'the weights are missing');
  }
}

const UNITS = { scale: unitOf(Scaler), route: unitOf(Router), m0: unitOf(Model), m1: unitOf(Model) };
const GRAPH = {
  name: 'scale',
  type: 'TRANSFORMER',
  children: [{ name: 'route', type: 'ROUTER', children: [{ name: 'm0' }, { name: 'm1' }] }],
};
const ROW = { data: { ndarray: [[1, 2]] } };

async function documentOf(served: ServedGraph, path = '/seldon.json'): Promise<Document> {
  const { status, headers, body } = await served.send({ method: 'GET', path });
  expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' });
  return JSON.parse(body as string);
}

describe('the document of a graph', () => {
  let served: ServedGraph;
  let document: Document;

  beforeAll(async () => {
    served = await serveGraph(await graphPlan(GRAPH, { injected: true }), UNITS);
    document = await documentOf(served);
  });

  test('has the paths of the graph, and those of the functions beside it', () => {
    const own = Object.values(GRAPH_ROUTES).flatMap((routes) => Object.keys(routes));
    const expected = [...own, '/health/ping', '/metrics', '/prometheus'];
    expect(Object.keys(document.paths).sort()).toEqual(expected.sort());
    const ids = operationsOf(document).map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    expect(tags).toEqual(['graph', 'units', 'feedback', 'metrics', 'health', 'description']);
    expect(tags).toEqual(
      expect.arrayContaining(operationsOf(document).flatMap(({ operation }) => operation.tags)),
    );
  });

  test('is as its version and name say, from wherever it is asked for', async () => {
    expect(document.info).toMatchObject({ title: 'dep', version: 'main' });
    expect(document.info).not.toHaveProperty('x-unavailable');
    expect(document.servers).toEqual([{ url: '/' }]);
    expect((await documentOf(served, '/models/seldon.json')).servers).toEqual([{ url: '/models' }]);
  });

  test('refers to what is there, and shows examples that its schemas allow', () => {
    const references = nodesOf(document.paths)
      .concat(nodesOf(document.components))
      .filter(({ $ref }) => typeof $ref === 'string');
    expect(references.filter((node) => resolve(document, node) === undefined)).toEqual([]);
    const violations = validatorOf(document);
    const examples = examplesOf(document);
    expect(examples.length).toBeGreaterThan(10);
    expect(
      examples.map(({ schema, example }) => violations(schema, example)).filter(({ length }) => length > 0),
    ).toEqual([]);
  });

  test('has the inputs of the unit that gets the request, and the outputs of the one that answers', () => {
    const { examples } = document.components;
    const names = Object.keys(examples as object).filter((name) => name.startsWith('SeldonMessage.'));
    expect(names[0]).toBe('SeldonMessage.tensor');
    expect(examples?.['SeldonMessage.tensor']?.value).toEqual({
      data: { names: ['width', 'height'], tensor: { shape: [1, 2], values: [1, 2] } },
    });
    const contentOf = (name: string) => {
      const { content } = resolve(document, { $ref: `#/components/responses/${name}` }) as {
        content: Record<string, { example: unknown }>;
      };
      return content['application/json']?.example;
    };
    const routing = { scale: -1, route: 0, m0: -1 };
    expect(contentOf('GraphAnswer')).toEqual({
      data: { names: ['a', 'b', 'c'], ndarray: [[1, 2, 3]] },
      meta: { routing },
    });
    expect(examples?.['Feedback.tensor']?.value).toMatchObject({
      response: { meta: { routing } },
      reward: 1,
    });
    expect(contentOf('GraphMetadata')).toMatchObject({
      name: 'main',
      models: { m1: { outputs: [{ schema: { names: ['a', 'b', 'c'] } }] } },
      graphinputs: [{ schema: { names: ['width', 'height'] } }],
      graphoutputs: [{ schema: { names: ['a', 'b', 'c'] } }],
    });
  });

  test('shows examples that the graph takes', async () => {
    for (const [name, { value }] of Object.entries(document.components.examples ?? {})) {
      const send = name.startsWith('Feedback.') ? feedback : prediction;
      const { status, body } = await served.send(send(value as object));
      expect({ name, status, body }).toMatchObject({ status: 200 });
    }
  });

  test('names the units that a path may ask for', async () => {
    const { parameters } = document.paths['/api/v1.0/status/{node}'] as Document['paths'][string];
    const node = parameters.find(({ name }) => name === 'node') as { schema: { enum: string[] } };
    expect(node.schema.enum.sort()).toEqual(Object.keys(UNITS).sort());
    for (const unit of node.schema.enum) {
      const { status } = await served.send({ method: 'GET', path: `/api/v1.0/status/${unit}` });
      expect(status).toBe(200);
    }
  });

  test('has the tree of the graph', () => {
    const leaf = { type: 'MODEL', where: 'local', routes: false, children: [] };
    expect(document['x-seldon-graph']).toEqual({
      deployment: 'dep',
      predictors: [
        {
          ...{ name: 'main', version: 'main', traffic: 100, shadow: false, routing: true },
          graph: {
            ...{ unit: 'scale', type: 'TRANSFORMER', where: 'local', routes: false },
            children: [
              {
                ...{ unit: 'route', type: 'ROUTER', where: 'local', routes: true },
                children: [
                  { unit: 'm0', ...leaf },
                  { unit: 'm1', ...leaf },
                ],
              },
            ],
          },
        },
      ],
    });
  });
});

test('the document says where units run, and never their addresses', async () => {
  const secret = 'http://127.0.0.1:1/secret';
  const targets: Record<string, string> = {
    far: secret,
    fn: 'lambda:secret-function',
    ab: 'implementation:RANDOM_ABTEST',
  };
  const plan = await graphPlan(
    { name: 'ab', implementation: 'RANDOM_ABTEST', children: [{ name: 'far' }, { name: 'fn' }] },
    { target: (name) => targets[name] as string },
  );
  const [first] = plan.predictors;
  const copies = { ...plan, predictors: [first, { ...first, name: 'copy', traffic: 10, isShadow: true }] };
  const served = await serveGraph(
    copies as typeof plan,
    {},
    {
      ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'hidden' },
      // Port 1 is reserved, and nobody listens there.
      AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1',
    },
  );
  const document = await documentOf(served);
  expect(JSON.stringify(document).match(/secret|127\.0|hidden/)).toBeNull();
  expect(document['x-seldon-graph']).toMatchObject({
    predictors: [
      {
        graph: {
          ...{ unit: 'ab', where: 'implementation', implementation: 'RANDOM_ABTEST', routes: true },
          children: [
            { unit: 'far', where: 'http' },
            { unit: 'fn', where: 'lambda' },
          ],
        },
      },
      { name: 'copy', traffic: 10, shadow: true },
    ],
  });
  expect(document.info['x-unavailable' as 'title']).toMatch(/^(far|fn): /);
  expect(document.components.examples).toHaveProperty(['SeldonMessage.ndarray']);
});

test('the document lacks only what a broken unit would say, and says why', async () => {
  const served = await serveGraph(
    await graphPlan({ name: 'scale', type: 'TRANSFORMER', children: [{ name: 'broken' }] }),
    { ...UNITS, broken: unitOf(Broken) },
  );
  const document = await documentOf(served);
  expect(document.info['x-unavailable' as 'title']).toBe('broken: the weights are missing');
  expect(document.info.description).toContain('broken: the weights are missing');
  expect(document.components.examples?.['SeldonMessage.tensor']?.value).toMatchObject({
    data: { names: ['width', 'height'] },
  });
});

test('the document does not wait for a unit that does not say what it is', async () => {
  class Silent {
    initMetadata = () => new Promise(() => {});
  }
  const served = await serveGraph(
    await graphPlan({ name: 'scale', type: 'TRANSFORMER', children: [{ name: 'silent' }] }),
    { ...UNITS, silent: unitOf(Silent) },
  );
  const event = apiGatewayV2({ method: 'GET', path: '/seldon.json' });
  const context = lambdaContext({ getRemainingTimeInMillis: () => 500 });
  const { status, body } = readResult(await served.invoke(event, context));
  const { info, components }: Document = JSON.parse(body as string);
  expect({ status, unavailable: info['x-unavailable' as 'title'] }).toEqual({
    status: 200,
    unavailable: 'silent: the unit did not say what it is within 250 ms',
  });
  expect(components.examples).toHaveProperty(['SeldonMessage.tensor', 'value', 'data', 'names', 0], 'width');
});

test.each([
  ['no object', '[1]', /^odd: .*expected a JSON object/],
  ['no JSON', 'oops', /^odd: /],
  ['inputs that are none', '{"inputs":[{"messagetype":5}]}', /inputs\[0\]/],
])('the document is there for a unit elsewhere that says %s', async (_what, body, reason) => {
  const odd = stubNode('odd', { '*': { body } }, []);
  const target = await openHttpNodes(new Map([['odd', odd]]));
  const served = await serveGraph(await graphPlan({ name: 'odd' }, { target }), {});
  const document = await documentOf(served);
  expect(document.info['x-unavailable' as 'title']).toMatch(reason);
  expect(Object.keys(document.paths)).toContain('/api/v1.0/predictions');
});

test('a schema of jsonData is a part of the document', async () => {
  const served = await serveGraph(renamed(await graphPlan({ name: 'a' }), 'a', 'a/b'), {
    'a/b': unitOf(Json),
  });
  const document = await documentOf(served);
  expect(Object.keys(document.components.examples ?? {})[0]).toBe('SeldonMessage.jsonData');
  expect(document.components.schemas?.ModelInput).toMatchObject({
    $ref: '#/components/schemas/ModelInput/$defs/A',
  });
  expect(validatorOf(document)({ $ref: '#/components/schemas/ModelInput' }, 5)).not.toEqual([]);
});

test.each(['/docs', '/docs/', '/api/v1.0/doc', '/seldon/ns/dep/api/v1.0/doc/'])(
  'the page is at %s, and loads no unit',
  async (path) => {
    const served = await serveGraph(await graphPlan({ name: 'broken' }), { broken: unitOf(Broken) });
    const { status, headers, body } = await served.send({ method: 'GET', path });
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    });
    expect(body).toMatch(/^<!doctype html>\n/);
    const again = await served.send({
      method: 'GET',
      path,
      headers: { 'if-none-match': headers.etag as string },
    });
    expect(again.status).toBe(304);
  },
);

describe('Server-Timing', () => {
  const timingOf = (headers: Readonly<Record<string, string>>) => headers['server-timing'];
  const ASKED = { 'seldon-graph-timing': 'true' };

  test('has the milliseconds of each unit that was called, if it is asked for', async () => {
    const served = await serveGraph(await graphPlan(GRAPH), UNITS);
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
    const served = await serveGraph(await graphPlan(GRAPH), UNITS);
    expect((await served.send(prediction(ROW, headers))).headers).not.toHaveProperty('server-timing');
  });

  test('is not there for a feedback, and is no business of the units', async () => {
    const arrived: Parameters<typeof stubNode>[2] = [];
    const target = await openHttpNodes(new Map([['m', stubNode('m', {}, arrived)]]));
    const served = await serveGraph(await graphPlan({ name: 'm' }, { target }), {});
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
    const served = await serveGraph(renamed(await graphPlan({ name: 'odd' }), 'odd', name), {
      [name]: unitOf(Model),
    });
    const { headers } = await served.send(prediction(ROW, ASKED));
    const [, token = ''] = /^([!#$%&'*+\-.^`|~\w]+);dur=[\d.]+$/.exec(timingOf(headers) ?? '') ?? [];
    expect(decodeURIComponent(token)).toBe(name);
  });

  test('has fifty units at most', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `m${index}`);
    const units = Object.fromEntries(names.map((name) => [name, unitOf(Model)]));
    const plan = await graphPlan({ name: 'all', type: 'MODEL', children: names.map((name) => ({ name })) });
    const served = await serveGraph(plan, { ...units, all: unitOf(Model) });
    const { headers } = await served.send(prediction(ROW, ASKED));
    expect(timingOf(headers)?.split(', ')).toHaveLength(50);
  });
});
