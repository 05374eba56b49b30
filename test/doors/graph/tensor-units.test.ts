import { afterAll, describe, expect, test } from 'vitest';
import type { Meta, Payload } from '../../../src/index.ts';
import { binaryBody, bytesOf } from '../../support/binary-tensors.ts';
import type { UnitJson } from '../../support/graph/graph-case.ts';
import {
  closeNodes,
  functionsNode,
  type Node,
  openHttpNodes,
  openServer,
} from '../../support/graph/nodes.ts';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';
import { graphPlan, unitOf } from '../../support/graph/simple-graph.ts';

afterAll(closeNodes);

class Second {
  route() {
    return 1;
  }
}

/** Answers an output of its own name. */
class Named {
  predict() {
    return [[1, 2]];
  }

  initMetadata() {
    return { outputs: [{ name: 'p', datatype: 'FP64' as const, shape: [-1, 2] }] };
  }
}

class Id {
  predict(_X: Payload, _names: string[], meta?: Meta) {
    return [[String(meta?.puid)]];
  }
}

class Joined {
  aggregate(Xs: Payload[]) {
    return [[Xs.length]];
  }
}

const CLASSES = { r: Second, a: Named, b: Named, id: Id, c: Joined };
const A = { name: 'a', type: 'MODEL' };
const B = { name: 'b', type: 'MODEL' };
const ROUTER = { name: 'r', type: 'ROUTER', children: [A, B] };
const INPUT = { name: 'x', shape: [1, 2], datatype: 'FP64', data: [1, 2] };
const V2 = '/v2/models/infer';
const TF = '/v1/models:predict';

/** The same graph with its units in the process, and behind HTTP. */
async function bothWays(protocol: 'v2' | 'tensorflow', graph: UnitJson): Promise<readonly ServedGraph[]> {
  const units = Object.fromEntries(Object.entries(CLASSES).map(([name, Class]) => [name, unitOf(Class)]));
  const nodes = new Map<string, Node>();
  for (const [name, Class] of Object.entries(CLASSES)) {
    nodes.set(name, await functionsNode({ ...unitOf(Class), id: name }));
  }
  const target = await openHttpNodes(nodes);
  return [
    await serveGraph(await graphPlan(graph, { protocol }), units),
    await serveGraph(await graphPlan(graph, { protocol, target }), {}),
  ];
}

async function send(served: ServedGraph, path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json', 'seldon-puid': 'p1' };
  const answer = await served.send({ method: 'POST', path, headers, body: JSON.stringify(body) });
  return [answer.status, JSON.parse(String(answer.body))];
}

test('a request may ask for an output of the model below a router', async () => {
  const asked = { id: 'x', inputs: [INPUT], outputs: [{ name: 'p' }] };
  const outputs = [{ name: 'p', shape: [1, 2], datatype: 'FP64', data: [1, 2] }];
  for (const served of await bothWays('v2', ROUTER)) {
    expect(await send(served, V2, asked)).toEqual([200, { model_name: 'b', id: 'x', outputs }]);
  }
});

test('a router reads a request by columns', async () => {
  for (const served of await bothWays('tensorflow', ROUTER)) {
    expect(await send(served, TF, { inputs: [[1, 2]] })).toEqual([200, { outputs: [[1, 2]] }]);
  }
});

test.each([
  ['v2', V2, { inputs: [INPUT] }, { outputs: [{ data: ['p1'] }] }],
  ['tensorflow', TF, { instances: [[1]] }, { predictions: [['p1']] }],
] as const)('a unit of %s knows the id of the request', async (protocol, path, body, answer) => {
  for (const served of await bothWays(protocol, { name: 'id', type: 'MODEL' })) {
    expect(await send(served, path, body)).toMatchObject([200, answer]);
  }
});

describe.each([
  ['v2', V2, { inputs: [INPUT] }],
  ['tensorflow', TF, { instances: [[1, 2]] }],
] as const)('a hardcoded implementation answers in the words of %s', (protocol, path, body) => {
  const SIMPLE = { name: 's', implementation: 'SIMPLE_MODEL' };
  const three = [0.1, 0.9, 0.5];

  test.each([
    ['s', SIMPLE],
    ['e', { name: 'e', implementation: 'AVERAGE_COMBINER', children: [SIMPLE, { ...SIMPLE, name: 't' }] }],
  ])('%s', async (name, graph) => {
    const served = await serveGraph(await graphPlan(graph, { protocol }), {});
    const outputs = [{ name: 'output-0', shape: [1, 3], datatype: 'FP64', data: three }];
    expect(await send(served, path, body)).toEqual([
      200,
      protocol === 'v2' ? { model_name: name, id: 'p1', outputs } : { predictions: [three] },
    ]);
  });
});

test('a unit of a graph gets no CloudEvent', async () => {
  const plan = await graphPlan({ name: 'a', type: 'MODEL' }, { protocol: 'tensorflow' });
  const served = await serveGraph(plan, { a: unitOf(Named) });
  const { status, body } = await served.send({
    method: 'POST',
    path: TF,
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      specversion: '1.0',
      id: '1',
      source: 's',
      type: 't',
      data: { instances: [[1, 2]] },
    }),
  });
  expect([status, JSON.parse(String(body)).error]).toEqual([
    400,
    'the request: a unit of a graph gets no CloudEvent; send its data alone',
  ]);
});

test.each([
  ['v2', V2, { inputs: [INPUT] }],
  ['tensorflow', TF, { instances: [[1, 2]] }],
] as const)('what is not JSON is not combined in %s', async (protocol, path, body) => {
  const url = await openServer(async () => ({
    status: 200,
    headers: {},
    body: '{"outputs":[]},{"predictions":[]}',
  }));
  const tree = { name: 'c', type: 'COMBINER', children: [A, B] };
  const plan = await graphPlan(tree, { protocol, target: (name) => (name === 'b' ? url : `model:${name}`) });
  const served = await serveGraph(plan, { a: unitOf(Named), c: unitOf(Joined) });
  expect(await send(served, path, body)).toEqual([
    502,
    { error: 'answers[1], which is to be combined, is not JSON', reason: 'GRAPH_BAD_ANSWER' },
  ]);
});

test('the header that says where JSON ends does not pass on from the caller', async () => {
  const seen: unknown[] = [];
  const url = await openServer(async ({ headers }) => {
    seen.push(headers['inference-header-content-length']);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"outputs":[]}' };
  });
  const plan = await graphPlan({ ...A, children: [B] }, { protocol: 'v2', target: () => url });
  const served = await serveGraph(plan, {}, { SELDON_GRAPH_HEADERS: '*' });
  const { headers, body } = binaryBody([
    { name: 'x', datatype: 'FP64', shape: [1], bytes: bytesOf(new Float64Array(1)) },
  ]);
  expect((await served.send({ method: 'POST', path: V2, headers, body })).status).toBe(200);
  expect(seen).toEqual([headers['inference-header-content-length'], undefined]);
});

test.each([
  ['v2', '/v2/models/s/ready', { name: 's', ready: true }],
  ['v2', '/v2/models/s', { name: 's', platform: 'seldon-lambda', inputs: [], outputs: [] }],
  ['tensorflow', '/v1/models/s', { model_version_status: [{ state: 'AVAILABLE' }] }],
  ['tensorflow', '/v1/models/s/metadata', { model_spec: { name: 's' } }],
] as const)(
  'a hardcoded implementation says in the words of %s what it is: %s',
  async (protocol, path, said) => {
    const served = await serveGraph(
      await graphPlan({ name: 's', implementation: 'SIMPLE_MODEL' }, { protocol }),
      {},
    );
    const { status, body } = await served.send({ method: 'GET', path });
    expect([status, JSON.parse(String(body))]).toMatchObject([200, said]);
  },
);

test.each([
  ['v2', '/v2/models/dep', '{"name":"a","inputs":["x"]}'],
  ['v2', '/v2/models/dep', '{"name":"a","outputs":[{"name":"y","datatype":1}]}'],
  ['v2', '/v2/models/dep', '{"name":"a","inputs":"x"}'],
] as const)('metadata of a unit of %s that is none is its mistake: %s %s', async (protocol, path, body) => {
  const url = await openServer(async () => ({ status: 200, headers: {}, body }));
  const served = await serveGraph(await graphPlan(A, { protocol, target: () => url }), {});
  const answer = await served.send({ method: 'GET', path });
  expect([answer.status, JSON.parse(String(answer.body)).reason]).toEqual([502, 'GRAPH_BAD_ANSWER']);
});

test('members of metadata that only its server knows are left out', async () => {
  const input = { name: 'x', datatype: 'FP32', shape: [-1, 4] };
  const body = JSON.stringify({ name: 'a', inputs: [{ ...input, optional: false }], outputs: [] });
  const url = await openServer(async () => ({ status: 200, headers: {}, body }));
  const served = await serveGraph(await graphPlan(A, { protocol: 'v2', target: () => url }), {});
  const answer = await served.send({ method: 'GET', path: '/v2/models/dep' });
  expect([answer.status, JSON.parse(String(answer.body)).inputs]).toEqual([200, [input]]);
});
