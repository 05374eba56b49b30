import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromData, type NdArray, type Payload } from '../../../src/index.ts';
import { openInvokeApi } from '../../support/graph/invoke-api.ts';
import { closeNodes, functionsNode, type Node, openHttpNodes } from '../../support/graph/nodes.ts';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, graphPlan, unitOf } from '../../support/graph/simple-graph.ts';

afterAll(closeNodes);

function scaled(X: Payload, factor: number): NdArray {
  const { data, shape } = (X as NdArray).asType('float64');
  return fromData(
    data.map((value) => value * factor),
    shape,
  );
}

/** Elsewhere, all these are called in the same way: by its class a unit knows which method is meant. */
class Doubled {
  transformInput(X: Payload) {
    return scaled(X, 2);
  }
}

class Halved {
  transformOutput(X: Payload) {
    return scaled(X, 0.5);
  }
}

/** Sends rows of negative numbers to the first child. */
class Sign {
  route(X: Payload) {
    return ((X as NdArray).toFlat()[0] as number) < 0 ? 0 : 1;
  }
}

class Tenfold {
  predict(X: Payload) {
    return scaled(X, 10);
  }

  initMetadata() {
    return { name: 'tenfold', inputs: [{ name: 'x', datatype: 'FP64' as const, shape: [-1, 2] }] };
  }
}

class Hundredfold {
  predict(X: Payload) {
    return scaled(X, 100);
  }
}

class Sum {
  aggregate(Xs: Payload[]) {
    const [first, ...others] = Xs.map((X) => scaled(X, 1));
    const sum = (first as NdArray<'float64'>).data.slice();
    for (const { data } of others as NdArray<'float64'>[]) {
      sum.forEach((value, index) => {
        sum[index] = value + (data[index] as number);
      });
    }
    return fromData(sum, (first as NdArray).shape);
  }
}

const CLASSES = {
  half: Halved,
  double: Doubled,
  sign: Sign,
  ten: Tenfold,
  hundred: Hundredfold,
  sum: Sum,
} as const;
const TEN = { name: 'ten', type: 'MODEL' };
const HUNDRED = { name: 'hundred', type: 'MODEL' };
const SIGN = {
  name: 'sign',
  type: 'ROUTER',
  children: [TEN, { name: 'sum', type: 'COMBINER', children: [TEN, HUNDRED] }],
};
const GRAPH = {
  name: 'half',
  type: 'OUTPUT_TRANSFORMER',
  children: [{ name: 'double', type: 'TRANSFORMER', children: [SIGN] }],
};

type Way = 'local' | 'lambda' | 'http';

async function serve(protocol: 'v2' | 'tensorflow', way: Way, graph = GRAPH as object): Promise<ServedGraph> {
  const nodes = new Map<string, Node>();
  for (const [name, Class] of Object.entries(CLASSES)) {
    nodes.set(name, await functionsNode({ ...unitOf(Class), id: name }));
  }
  const api = await openInvokeApi((name) => nodes.get(name.replace(/^unit-/, '')));
  const urlOf = await openHttpNodes(nodes);
  const target = {
    local: (name: string) => `model:${name}`,
    lambda: (name: string) => `lambda:unit-${name}`,
    http: urlOf,
  }[way];
  const plan = await graphPlan(graph as typeof GRAPH, { target, protocol });
  const units = Object.fromEntries(Object.entries(CLASSES).map(([name, Class]) => [name, unitOf(Class)]));
  return serveGraph(plan, way === 'local' ? units : {}, api.environment);
}

async function send(served: ServedGraph, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await served.send({
    method: body === undefined ? 'GET' : 'POST',
    path,
    headers,
    ...(body !== undefined && { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
  });
  const text = Buffer.from(answer.body).toString();
  return { ...answer, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
}

const WAYS = ['local', 'lambda', 'http'] as const;

describe.each(WAYS)('a graph of the Open Inference Protocol, its units %s', (way) => {
  let served: ServedGraph;
  beforeAll(async () => {
    served = await serve('v2', way);
  });

  const request = (...data: number[]) => ({
    id: 'q',
    inputs: [{ name: 'x', datatype: 'FP64', shape: [1, data.length], data }],
  });

  test.each([
    ['/v2/models/infer', [-1, 2], [-10, 20]],
    ['/v2/models/dep/infer', [1, 2], [110, 220]],
    ['/stage/v2/models/anything/infer/', [1, 2.5], [110, 275]],
  ])('answers what its units answer: %s', async (path, data, expected) => {
    const { status, json, text } = await send(served, path, request(...data));
    expect(status, text).toBe(200);
    expect(json).toMatchObject({
      id: 'q',
      outputs: [{ name: 'output-0', datatype: 'FP64', shape: [1, 2], data: expected }],
    });
  });

  test.each([false, true])('takes tensors in binary, and gives them so if asked: %s', async (isAsked) => {
    const input = { name: 'x', datatype: 'FP64', shape: [1, 2], parameters: { binary_data_size: 16 } };
    const parameters = { binary_data_output: isAsked };
    const text = Buffer.from(JSON.stringify({ parameters, inputs: [input] }));
    const body = Buffer.concat([text, new Uint8Array(Float64Array.of(1, 2).buffer)]);
    const headers = { 'inference-header-content-length': `${text.length}` };
    const answer = await send(served, '/v2/models/infer', body, headers);
    expect(answer.json, answer.text).toMatchObject({ outputs: [{ data: [110, 220] }] });
  });

  test('asks the unit that gets the request itself for outputs', async () => {
    const ask = (name: string) => send(served, '/v2/models/infer', { ...request(1, 2), outputs: [{ name }] });
    expect((await ask('output-0')).json).toMatchObject({ outputs: [{ data: [110, 220] }] });
    const { status, json, headers } = await ask('total');
    expect([status, json.error]).toEqual([400, 'outputs[0].name: expected one of output-0, got "total"']);
    expect(headers['seldon-failed-node']).toBe('double');
  });

  test('answers an error of a unit in the form of the protocol', async () => {
    const { status, json, headers } = await send(served, '/v2/models/infer', request(1, 2, 3).inputs);
    expect(status).toBe(400);
    expect(json).toEqual({ error: expect.any(String), reason: 'MICROSERVICE_BAD_DATA' });
    expect(headers['seldon-failed-node']).toBe('double');
  });

  test('says whether it lives and is ready, and what its units are', async () => {
    expect((await send(served, '/v2/health/live')).json).toEqual({ live: true });
    expect((await send(served, '/v2/health/ready')).json).toEqual({ ready: true });
    expect((await send(served, '/v2')).json).toMatchObject({ name: 'seldon-lambda' });
    expect((await send(served, '/v2/models')).json).toEqual({ models: ['dep'] });
    expect((await send(served, '/v2/models/dep/ready')).json).toEqual({ name: 'dep', ready: true });
    expect((await send(served, '/v2/models/ten/ready')).json).toEqual({ name: 'ten', ready: true });
    expect((await send(served, '/v2/models/ten')).json).toMatchObject({
      name: 'ten',
      inputs: [{ name: 'x', datatype: 'FP64', shape: [-1, 2] }],
    });
    expect((await send(served, '/v2/models/dep')).json).toMatchObject({ name: 'dep', versions: [] });
    for (const path of ['/v2/models/nobody', '/v2/models/nobody/ready', '/v2/nothing']) {
      const { status, json } = await send(served, path);
      expect([path, status, json]).toEqual([
        path,
        404,
        { error: expect.any(String), reason: expect.any(String) },
      ]);
    }
    for (const path of ['/ready', '/live', '/seldon.json', '/docs']) {
      expect([path, (await send(served, path)).status]).toEqual([path, 200]);
    }
  });

  test('has no paths of another protocol, and no feedback', async () => {
    for (const path of ['/api/v1.0/predictions', '/v1/models/dep:predict', '/api/v1.0/feedback']) {
      expect([path, (await send(served, path, request(1, 2))).status]).toEqual([path, 404]);
    }
  });
});

describe.each(WAYS)("a graph of TensorFlow Serving's protocol, its units %s", (way) => {
  let served: ServedGraph;
  beforeAll(async () => {
    served = await serve('tensorflow', way);
  });

  test.each([
    ['/v1/models/:predict', [[-1, 2]], [[-10, 20]]],
    ['/v1/models:predict', [[1, 2]], [[110, 220]]],
  ])('answers what its units answer: %s', async (path, instances, predictions) => {
    const { status, json, text } = await send(served, path, { instances });
    expect([status, json], text).toEqual([200, { predictions }]);
  });

  test.each([
    [[[-1, 2]], [[-10, 20]]],
    [[[1, 2]], [[110, 220]]],
    [{ x: [[1, 2]] }, [[110, 220]]],
  ])('answers inputs with outputs: %j', async (inputs, outputs) => {
    const { status, json, text } = await send(served, '/v1/models:predict', { inputs });
    expect([status, json], text).toEqual([200, { outputs }]);
  });

  test('says whether it is ready, and what its units are', async () => {
    const ready = (name: string) => ({ name, ready: true });
    expect((await send(served, '/v1/models/dep')).json).toMatchObject(ready('dep'));
    expect((await send(served, '/v1/models/ten')).json).toMatchObject(ready('ten'));
    expect((await send(served, '/v1/models')).json).toEqual({ models: ['dep'] });
    expect((await send(served, '/v1/models/ten/metadata')).json.model_spec.name).toBe('ten');
    expect((await send(served, '/v1/models/nobody')).status).toBe(404);
  });

  test('says what goes in, as its units do', async () => {
    const one = await serve('tensorflow', way, TEN);
    const { json } = await send(one, '/v1/models/dep/metadata');
    expect(json.metadata.signature_def.signature_def.serving_default.inputs).toEqual({
      x: {
        dtype: 'DT_DOUBLE',
        name: 'x',
        tensor_shape: {
          dim: [
            { size: '-1', name: '' },
            { size: '2', name: '' },
          ],
          unknown_rank: false,
        },
      },
    });
    expect((await send(one, '/seldon.json')).text).toContain('"instances":[[1,1]]');
  });

  test('answers a feedback with itself', async () => {
    const given = { reward: 1 };
    const { status, body } = await served.send(feedback(given));
    expect([status, JSON.parse(String(body))]).toEqual([200, given]);
  });
});
