import { afterAll, describe, expect, test } from 'vitest';
import { fromData, type NdArray, SeldonError } from '../../../src/index.ts';
import type { UnitSettings } from '../../../src/runtime/unit/settings.ts';
import { binaryBody, bytesOf } from '../../support/binary-tensors.ts';
import { inferenceGraph, node } from '../../support/graph/inference-graph.ts';
import {
  closeNodes,
  functionsNode,
  type NodeRequest,
  openHttpNodes,
  openServer,
} from '../../support/graph/nodes.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { unitOf } from '../../support/graph/simple-graph.ts';
import { compile } from '../../support/graph-document.ts';

afterAll(closeNodes);

/** Answers its numbers times a factor. */
function times(factor: number): Partial<UnitSettings> {
  return unitOf(
    class {
      predict(X: NdArray) {
        const { data, shape } = X.asType('float64');
        return fromData(
          data.map((value) => value * factor),
          shape,
        );
      }
    },
  );
}

/** Answers an error. */
function failing(status: number): Partial<UnitSettings> {
  return unitOf(
    class {
      predict() {
        throw new SeldonError('TOO_OLD', 'the data is too old', { status });
      }
    },
  );
}

const UNITS: Readonly<Record<string, Partial<UnitSettings>>> = {
  double: times(2),
  ten: times(10),
  negate: times(-1),
  word: unitOf(
    class {
      predict = (X: NdArray) => [(X.toFlat()[0] as number) < 0 ? 'cat' : 'dog'];
    },
  ),
  stale: failing(422),
};

interface Serving {
  readonly annotations?: Record<string, string>;
  readonly nodes?: Record<string, string>;
  readonly environment?: Record<string, string>;
  readonly spec?: Record<string, unknown>;
  readonly units?: Readonly<Record<string, Partial<UnitSettings>>>;
}

async function serve(nodes: Record<string, unknown>, options: Serving = {}) {
  const { annotations, nodes: targets, environment, spec, units = UNITS } = options;
  const { plan } = await compile(inferenceGraph(nodes, annotations, spec), {
    models: Object.keys(units),
    ...(targets && { nodes: targets }),
  });
  return serveGraph(plan, units, environment);
}

async function ask(
  { send }: Awaited<ReturnType<typeof serve>>,
  body: unknown,
  {
    path = '/v1/models/shop:predict',
    headers = {},
  }: { path?: string; headers?: Record<string, string> } = {},
) {
  const answer = await send({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  const text = Buffer.from(answer.body).toString();
  return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) };
}

const step = (serviceName: string, more: object = {}) => ({ serviceName, ...more });
const ROWS = { instances: [[1, 2]] };

describe('a Sequence', () => {
  test('gives each step the request, or the answer of the step before', async () => {
    const chained = await serve({
      root: node('Sequence', step('double'), step('ten', { data: '$response' })),
    });
    expect(await ask(chained, ROWS)).toMatchObject({ status: 200, json: { predictions: [[20, 40]] } });
    const apart = await serve({
      root: node('Sequence', step('double'), step('ten', { data: '$request' }), step('negate')),
    });
    expect((await ask(apart, ROWS)).json).toEqual({ predictions: [[-1, -2]] });
  });

  test('goes through other nodes, and on behind them', async () => {
    const served = await serve({
      root: node(
        'Sequence',
        step('double'),
        { nodeName: 'either', data: '$response' },
        step('negate', { data: '$response' }),
      ),
      either: node('Splitter', step('ten', { weight: 100 }), step('stale', { weight: 0 })),
    });
    expect((await ask(served, ROWS)).json).toEqual({ predictions: [[-20, -40]] });
  });

  test('ends with the last answer, and status 200, when a condition does not hold', async () => {
    const served = await serve({
      root: node('Sequence', step('word'), step('ten', { condition: '[@this].#(predictions.0=="dog")' })),
    });
    expect(await ask(served, { instances: [[-1]] })).toMatchObject({
      status: 200,
      json: { predictions: ['cat'] },
    });
    // The request again, as its data says nothing else.
    expect(await ask(served, { instances: [[7]] })).toMatchObject({
      status: 200,
      json: { predictions: [[70]] },
    });
  });

  test('goes on when a soft step fails at whose answer nobody looks', async () => {
    const steps = (dependency: string) =>
      serve({ root: node('Sequence', step('stale', { dependency }), step('ten')) });
    expect(await ask(await steps('Soft'), ROWS)).toMatchObject({
      status: 200,
      json: { predictions: [[10, 20]] },
    });
    const hard = await ask(await steps('Hard'), ROWS);
    expect(hard).toMatchObject({ status: 422, json: { error: 'the data is too old', reason: 'TOO_OLD' } });
    expect(hard.headers['seldon-failed-node']).toBe('stale');
  });

  test.each([
    ['its answer is taken', step('ten', { data: '$response' })],
    ['a condition looks at it', step('ten', { condition: 'predictions' })],
  ])('ends with the error of a soft step when %s', async (_, next) => {
    const served = await serve({ root: node('Sequence', step('stale'), next) });
    expect(await ask(served, ROWS)).toMatchObject({ status: 422, json: { reason: 'TOO_OLD' } });
  });

  test('ends with the error of its last step', async () => {
    const served = await serve({ root: node('Sequence', step('ten'), step('stale')) });
    expect(await ask(served, ROWS)).toMatchObject({ status: 422, json: { reason: 'TOO_OLD' } });
  });
});

describe('an Ensemble', () => {
  test('answers an object with the answers of its steps, by name or place', async () => {
    const served = await serve({
      root: node('Ensemble', step('double', { name: 'twice' }), step('ten'), {
        nodeName: 'inner',
        name: 'in',
      }),
      inner: node('Ensemble', step('negate', { name: 'a "name"' })),
    });
    const { status, json, headers } = await ask(served, ROWS);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(json).toEqual({
      twice: { predictions: [[2, 4]] },
      1: { predictions: [[10, 20]] },
      in: { 'a "name"': { predictions: [[-1, -2]] } },
    });
  });

  test('has the error of a soft step in the place of its answer', async () => {
    const served = await serve({
      root: node('Ensemble', step('double', { name: 'a' }), step('stale', { name: 'b' })),
    });
    expect(await ask(served, ROWS)).toMatchObject({
      status: 200,
      json: {
        a: { predictions: [[2, 4]] },
        b: { error: 'the data is too old', reason: 'TOO_OLD' },
      },
    });
  });

  test('fails with a hard step', async () => {
    const served = await serve({
      root: node('Ensemble', step('double'), step('stale', { dependency: 'Hard' })),
    });
    expect(await ask(served, ROWS)).toMatchObject({ status: 422, json: { reason: 'TOO_OLD' } });
  });

  test('hides the text of an unexpected error where answers hide it', async () => {
    const units = {
      broken: unitOf(
        class {
          predict() {
            throw new TypeError('secret');
          }
        },
      ),
    };
    const served = await serve(
      { root: node('Ensemble', step('broken')) },
      { units, environment: { HIDE_INTERNAL_ERRORS: 'true' } },
    );
    const { status, text } = await ask(served, ROWS);
    expect(status).toBe(200);
    expect(text).toContain('"reason":"MICROSERVICE_INTERNAL_ERROR"');
    expect(text).not.toContain('secret');
  });

  test('refuses an error whose own body is not JSON', async () => {
    const units = {
      page: unitOf(
        class {
          predict() {
            throw new SeldonError('PAGE', 'no', { body: Buffer.from('<html>') });
          }
        },
      ),
    };
    const served = await serve({ root: node('Ensemble', step('page', { name: 'a' })) }, { units });
    expect(await ask(served, ROWS)).toMatchObject({
      status: 502,
      json: { error: 'the answer of step a is not JSON', reason: 'GRAPH_BAD_ANSWER' },
    });
  });

  test('keeps the digits of numbers', async () => {
    const units = {
      exact: unitOf(
        class {
          predict = () => fromData(BigInt64Array.of(9007199254740993n), [1]);
        },
      ),
    };
    const served = await serve({ root: node('Ensemble', step('exact')) }, { units });
    expect((await ask(served, ROWS)).text).toBe('{"0":{"predictions":[9007199254740993]}}');
  });
});

describe('a Switch', () => {
  test('chooses the first step whose condition holds, and answers 404 without one', async () => {
    const served = await serve({
      root: node(
        'Switch',
        step('double', { condition: '[@this].#(source==client)' }),
        step('ten', { condition: 'instances.#(age>30)' }),
        step('negate', { condition: 'instances.0.0' }),
      ),
    });
    expect((await ask(served, { ...ROWS, source: 'client' })).json).toEqual({ predictions: [[2, 4]] });
    expect((await ask(served, { ...ROWS, source: 'server' })).json).toEqual({ predictions: [[-1, -2]] });
    const { status, json, headers } = await ask(served, { instances: [5] });
    expect(status).toBe(404);
    expect(headers['seldon-failed-node']).toBe('root');
    expect(json).toEqual({
      error: 'no condition of the node root holds for the message',
      reason: 'GRAPH_BAD_ROUTE',
    });
    expect(await ask(served, '{"instances":')).toMatchObject({ status: 400 });
  });

  test('looks into an answer as it came', async () => {
    const served = await serve({
      root: node('Sequence', step('double'), { nodeName: 'by', data: '$response' }),
      by: node(
        'Switch',
        step('stale', { condition: 'instances' }),
        step('ten', { condition: 'predictions.#(0>=2)' }),
      ),
    });
    expect((await ask(served, ROWS)).json).toEqual({ predictions: [[20, 40]] });
  });

  test('that nobody matches ends all, soft or not', async () => {
    const served = await serve({
      root: node('Ensemble', { nodeName: 'by' }, step('double')),
      by: node('Switch', step('ten', { condition: 'never' })),
    });
    expect(await ask(served, ROWS)).toMatchObject({ status: 404, json: { reason: 'GRAPH_BAD_ROUTE' } });
  });

  test.each<[string, object, boolean]>([
    ['a.b', { a: { b: null } }, true],
    ['a.b', { a: {} }, false],
    ['a.b', { a: 1 }, false],
    ['a.1', { a: [0, 1] }, true],
    ['a.2', { a: [0, 1] }, false],
    ['a.1', { a: { 1: 0 } }, true],
    ['a.length', { a: [0] }, false],
    ['toString', {}, false],
    ['a\\.b.c\\#', { 'a.b': { 'c#': 0 } }, true],
    ['first name.0', { 'first name': [0] }, true],
    ['@this', {}, true],
    ['[@this]', {}, true],
    ['@this.a', { a: 0 }, true],
    ['[@this].0.a', { a: 0 }, true],
    ['a.#(b)', { a: [{ c: 1 }, { b: null }] }, true],
    ['a.#(b)', { a: [{ c: 1 }] }, false],
    ['a.#(b)', { a: { b: 1 } }, false],
    ['a.#(b == "x y").c', { a: [{ b: 'x' }, { b: 'x y', c: 0 }] }, true],
    ['a.#(b=="x").c', { a: [{ b: 'x' }, { b: 'x', c: 0 }] }, false],
    ['a.#(b!=x)', { a: [{ b: 'x' }] }, false],
    ['a.#(b!=x)', { a: [{ b: 'y' }] }, true],
    ['a.#(b!=x)', { a: [{ c: 'y' }] }, false],
    ['a.#(b<y)', { a: [{ b: 'x' }] }, true],
    ['a.#(b>2.5)', { a: [{ b: 2 }, { b: 3 }] }, true],
    ['a.#(b>=-1e1)', { a: [{ b: -10 }] }, true],
    ['a.#(b<="3")', { a: [{ b: 3 }] }, true],
    ['a.#(b==3)', { a: [{ b: '3' }] }, true],
    ['a.#(b==true)', { a: [{ b: true }] }, true],
    ['a.#(b<true)', { a: [{ b: false }] }, true],
    ['a.#(b!=true)', { a: [{ b: false }] }, true],
    ['a.#(b>=false)', { a: [{ b: false }] }, false],
    ['a.#(b<=x)', { a: [{ b: false }] }, true],
    ['a.#(b<=x)', { a: [{ b: true }] }, false],
    ['a.#(b<inf)', { a: [{ b: 3 }] }, true],
    ['a.#(b==none)', { a: [{ b: 0 }] }, true],
    ['a.#( b .c == 1 )', { a: [{ 'b ': { c: 1 } }] }, true],
    ['a.#(b==null)', { a: [{ b: null }] }, false],
    ['a.#(>3)', { a: [1, 4] }, true],
    ['a.#( == "x" )', { a: [['x'], 'x'] }, true],
    ['a.#(>3)', { a: [[4], { b: 4 }] }, false],
    ['a.#(>3)', { a: [{ '': 4 }] }, true],
    ['a.#(0>3)', { a: [[1], [4]] }, true],
    ['a.#(b.#(c==1))', { a: [{ b: [{ c: 0 }] }, { b: [{ c: 1 }] }] }, true],
    ['a.#(b==9007199254740993)', { a: [{ b: 9007199254740992 }] }, true],
  ])('%s of %j: %s', async (condition, message, expected) => {
    const units = {
      yes: unitOf(
        class {
          predict = (X: unknown) => X;
        },
      ),
    };
    const served = await serve({ root: node('Switch', step('yes', { condition })) }, { units });
    expect((await ask(served, { instances: [1], ...message })).status).toBe(expected ? 200 : 404);
  });
});

describe('a Splitter', () => {
  test('divides callers by weights, and a caller stays', async () => {
    const served = await serve(
      { root: node('Splitter', step('double', { weight: 25 }), step('ten', { weight: 75 })) },
      { environment: { SELDON_STICKY_HEADER: 'x-user-id' } },
    );
    const answers: string[] = [];
    for (let user = 0; user < 400; user++) {
      answers.push(
        (await ask(served, { instances: [1] }, { headers: { 'x-user-id': `user ${user % 200}` } })).text,
      );
    }
    expect(answers.slice(200)).toEqual(answers.slice(0, 200));
    const share = answers.filter((text) => text === '{"predictions":[2]}').length / 400;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  });
});

describe('with the annotation seldon-lambda.io/protocol: v2', () => {
  const annotations = { 'seldon-lambda.io/protocol': 'v2' };
  const path = '/v2/models/shop/infer';
  const request = { inputs: [{ name: 'x', datatype: 'FP64', shape: [1, 2], data: [1, 2] }] };

  test('speaks the Open Inference Protocol', async () => {
    const served = await serve(
      {
        root: node('Sequence', step('double'), { nodeName: 'both', data: '$response' }),
        both: node('Ensemble', step('ten', { name: 'a' }), step('negate', { name: 'b' })),
      },
      { annotations },
    );
    const { status, json } = await ask(served, request, { path });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      a: { model_name: 'ten', outputs: [{ data: [20, 40] }] },
      b: { model_name: 'negate', outputs: [{ data: [-2, -4] }] },
    });
  });

  test('looks into tensors that came as bytes', async () => {
    const served = await serve(
      { root: node('Switch', step('double', { condition: 'inputs.0.data.#(>1.5)' })) },
      { annotations },
    );
    const send = async (...data: number[]) => {
      const bytes = bytesOf(Float64Array.from(data));
      const { body, headers } = binaryBody([{ name: 'x', datatype: 'FP64', shape: [1, data.length], bytes }]);
      return (await ask(served, body, { path, headers })).status;
    };
    expect([await send(1, 2), await send(1, 1)]).toEqual([200, 404]);
  });
});

describe('steps elsewhere', () => {
  test('are called by their own names, whatever name the path has', async () => {
    const served: NodeRequest[] = [];
    const double = await functionsNode({ ...(UNITS.double as object), id: 'double' });
    const urlOf = await openHttpNodes(
      new Map([
        [
          'there',
          async (request: NodeRequest) => {
            served.push(request);
            return double(request);
          },
        ],
      ]),
    );
    const graph = await serve(
      { root: node('Sequence', step('ten'), step('double', { data: '$response' })) },
      { nodes: { double: urlOf('there') } },
    );
    expect((await ask(graph, ROWS, { path: '/v1/models/anything:predict' })).json).toEqual({
      predictions: [[20, 40]],
    });
    expect(served.map(({ path }) => path)).toEqual(['/v1/models/double:predict']);
  });

  test('have their serviceUrl called as it is, and get what an Ensemble answers', async () => {
    const calls: [string | undefined, unknown][] = [];
    const url = await openServer(async ({ url: path }, body) => {
      calls.push([path, JSON.parse(body.toString())]);
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"predictions":["joined"]}',
      };
    });
    const graph = await serve({
      root: node(
        'Sequence',
        { nodeName: 'both' },
        { serviceUrl: `${url}/join/all`, name: 'join', data: '$response' },
      ),
      both: node('Ensemble', step('double', { name: 'a' }), step('ten', { name: 'b' })),
    });
    expect((await ask(graph, ROWS)).json).toEqual({ predictions: ['joined'] });
    const both = { a: { predictions: [[2, 4]] }, b: { predictions: [[10, 20]] } };
    expect(calls).toEqual([['/join/all', both]]);
    const ready = await graph.send({ method: 'GET', path: '/ready' });
    expect(ready.status).toBe(200);
    const metadata = await graph.send({ method: 'GET', path: '/v1/models/shop/metadata' });
    expect(metadata.status, String(metadata.body)).toBe(200);
    expect(calls).toHaveLength(1);
  });

  test.each(['/', '/a/', '/a/?key=1&b=%20', '/a//b/'])(
    'have their serviceUrl called as it is: %s',
    async (path) => {
      const called: unknown[] = [];
      const url = await openServer(async ({ url: at }) => {
        called.push(at);
        return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"predictions":[1]}' };
      });
      const graph = await serve({
        root: node('Sequence', { serviceUrl: `${url}${path}#no-part-of-a-request` }),
      });
      expect((await ask(graph, ROWS)).json).toEqual({ predictions: [1] });
      expect(called).toEqual([path]);
    },
  );

  test('that cannot be reached end all, soft or not', async () => {
    const graph = await serve({
      root: node('Ensemble', { serviceUrl: 'http://127.0.0.1:1/predict', name: 'gone' }, step('ten')),
    });
    const { status, json, headers } = await ask(graph, ROWS);
    expect(status).toBe(502);
    expect(json.reason).toBe('GRAPH_NODE_UNREACHABLE');
    expect(headers['seldon-failed-node']).toBe('root-gone');
  });
});

test('describes the inputs of its first step and the outputs of its last', async () => {
  const named = (inputs: string, outputs: string) =>
    unitOf(
      class {
        predict = (X: unknown) => X;
        initMetadata() {
          const port = (name: string) => [{ name, datatype: 'FP64' as const, shape: [-1, 1] }];
          return { inputs: port(inputs), outputs: port(outputs) };
        }
      },
    );
  const served = await serve(
    { root: node('Sequence', step('first'), step('last', { data: '$response' })) },
    {
      units: { first: named('age', 'middle'), last: named('middle', 'risk') },
      annotations: { 'seldon-lambda.io/protocol': 'v2' },
    },
  );
  const { body } = await served.send({ method: 'GET', path: '/v2/models/shop' });
  expect(JSON.parse(String(body))).toMatchObject({ inputs: [{ name: 'age' }], outputs: [{ name: 'risk' }] });
});
