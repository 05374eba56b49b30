import { afterAll, describe, expect, test } from 'vitest';
import type { Payload } from '../../../src/index.ts';
import type { UnitJson } from '../../support/graph/graph-case.ts';
import { closeNodes, functionsNode, openHttpNodes, openServer } from '../../support/graph/nodes.ts';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';

afterAll(closeNodes);

const MESSAGE = { data: { ndarray: [[1, 2]] } };
const A = { name: 'a', type: 'MODEL' };
const B = { name: 'b', type: 'MODEL' };
const ROUTER = { name: 'r', type: 'ROUTER', children: [A, B] };
const COMBINER = { name: 'c', type: 'COMBINER', children: [A, B] };

class First {
  aggregate(Xs: Payload[]) {
    return [[Xs.length]];
  }
}

/** What a unit answers to each of its calls, and the type that it gives it. */
interface Said {
  readonly body: string;
  readonly type?: string;
}

/** Serves a graph with units that answer the same to all calls, and notes the paths of these. */
async function serveSaying(graph: UnitJson, said: Readonly<Record<string, Said>>) {
  const paths: string[] = [];
  const urls = new Map<string, string>();
  for (const [name, { body, type = 'application/json' }] of Object.entries(said)) {
    const url = await openServer(async ({ url: path }) => {
      paths.push(`${name} ${path}`);
      return { status: 200, headers: { 'content-type': type }, body };
    });
    urls.set(name, url);
  }
  const target = (name: string) => urls.get(name) ?? `model:${name}`;
  const served = await serveGraph(await graphPlan(graph, { target }), { c: unitOf(First as never) });
  return { served, paths };
}

async function answerOf(served: ServedGraph, request: Parameters<ServedGraph['send']>[0]) {
  const { status, body, headers } = await served.send(request);
  return { status, json: JSON.parse(String(body)), node: headers['seldon-failed-node'] };
}

describe('the answer of a router', () => {
  const said = { a: { body: '{"strData":"a"}' }, b: { body: '{"strData":"b"}' } };

  test.each([
    '{"data":{"tensor":{"values":[1]}}}',
    '{"data":{"tensor":{"shape":[1],"values":[1.9]}},"meta":{"tags":{"a":1},"requestPath":{"r":"i"}}}',
    '{"data":{"tftensor":{"intVal":[1]}}}',
    '{"data":{"tftensor":{"dtype":"DT_INT64","tensorShape":{"dim":[{"size":"1"}]},"int64Val":["1"]}}}',
    '{"data":{"names":["branch"],"ndarray":[[1,0]]},"status":{"code":0,"status":"SUCCESS"}}',
    '{"data":{"ndarray":[[1]]},"meta":{"request_path":{"r":"i"}}}',
  ])('names the second child, whatever the shape: %s', async (body) => {
    const { served } = await serveSaying(ROUTER, { ...said, r: { body } });
    expect(await answerOf(served, prediction(MESSAGE))).toMatchObject({
      status: 200,
      json: { strData: 'b' },
    });
  });

  test.each([
    '{"data":{"ndarray":[[1]]},"branch":1}',
    '{"data":{"ndarray":[[1]],"branch":1}}',
    '{"data":{"ndarray":[[1]]},"meta":{"branch":1}}',
    '{"data":{"ndarray":[[1]]},"strData":"1"}',
    '{"data":{"tensor":{"values":[]}}}',
    '{"data":{"tftensor":{"intVal":[]}}}',
    '1',
    'null',
  ])('is refused as strictly as protobuf does: %s', async (body) => {
    const { served, paths } = await serveSaying(ROUTER, { ...said, r: { body } });
    const { status, json, node } = await answerOf(served, prediction(MESSAGE));
    expect([status, json.status.reason, node]).toEqual([500, 'GRAPH_BAD_ROUTE', 'r']);
    expect(paths).toEqual(['r /route']);
  });
});

describe.each(['elsewhere', 'in the process'])('a combiner %s', (where) => {
  const own: Record<string, Said> = where === 'elsewhere' ? { c: { body: '{"strData":"combined"}' } } : {};

  test.each([
    ['text', 'not json'],
    ['text of HTML', '<p>busy</p>'],
    ['two values', '{"strData":"x"},{"strData":"y"}'],
    ['a value that is cut', '{"strData":"x"'],
    ['nothing', ''],
  ])('does not get %s in its list', async (_what, body) => {
    const { served, paths } = await serveSaying(COMBINER, {
      ...own,
      a: { body: '{"strData":"x"}' },
      b: { body },
    });
    const { status, json } = await answerOf(served, prediction(MESSAGE));
    expect([status, json.status.reason]).toEqual([502, 'GRAPH_BAD_ANSWER']);
    expect(json.status.info).toBe('answers[1], which is to be combined, is not JSON');
    expect(paths.sort()).toEqual(['a /predict', 'b /predict']);
  });

  test('gets JSON that its sender calls text', async () => {
    const said = { body: '{"strData":"x"}', type: 'text/plain; charset=utf-8' };
    const { served } = await serveSaying(COMBINER, { ...own, a: said, b: said });
    expect((await answerOf(served, prediction(MESSAGE))).status).toBe(200);
  });

  test('gets the form of a caller as JSON', async () => {
    const tree = { name: 'c', type: 'COMBINER', children: [{ name: 'p', type: 'COMBINER' }] };
    const { served } = await serveSaying(tree, own);
    const form = { ...prediction(''), body: 'json={"strData":"x"}' };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await answerOf(served, { ...form, headers })).status).toBe(200);
  });
});

class Echo {
  predict(X: Payload) {
    return X;
  }

  sendFeedback(_X: Payload, _names: string[], reward: number) {
    return [[reward]];
  }
}

test.each([
  ['a prediction', '/api/v1.0/predictions', MESSAGE],
  ['a feedback', '/api/v1.0/feedback', { reward: 0.5 }],
])('%s in the query reaches units elsewhere, too', async (_what, path, message) => {
  const node = await functionsNode({ ...unitOf(Echo), id: 'a' });
  const urlOf = await openHttpNodes(new Map([['a', node]]));
  const request = {
    method: 'POST',
    path: `${path}?json=${encodeURIComponent(JSON.stringify(message))}`,
    headers: { 'content-type': 'application/json' },
    body: '',
  };
  const [here, elsewhere] = [
    await serveGraph(await graphPlan(A), { a: unitOf(Echo) }),
    await serveGraph(await graphPlan(A, { target: urlOf }), {}),
  ];
  const answered = await answerOf(here, request);
  expect(answered.status).toBe(200);
  expect(await answerOf(elsewhere, request)).toEqual(answered);
});

test('a route of a feedback may be a text, as in JSON of protobuf', async () => {
  const thanks = (name: string) => ({ body: `{"strData":"${name}"}` });
  const { served, paths } = await serveSaying(ROUTER, { r: thanks('r'), a: thanks('a'), b: thanks('b') });
  const told = await answerOf(served, feedback({ response: { meta: { routing: { r: '1' } } }, reward: 1 }));
  expect(told).toMatchObject({ status: 200, json: { strData: 'r' } });
  expect(paths).toEqual(['b /send-feedback', 'r /send-feedback']);
});
