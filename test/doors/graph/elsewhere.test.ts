import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { apiGatewayV2, lambdaContext, readResult } from '../../support/events.ts';
import type { ArrivedCall } from '../../support/graph/graph-case.ts';
import { inferenceGraph, node } from '../../support/graph/inference-graph.ts';
import { openInvokeApi, type ServiceAnswer } from '../../support/graph/invoke-api.ts';
import {
  closeNodes,
  type Node,
  type NodeAnswer,
  openHttpNodes,
  openServer,
  stubNode,
} from '../../support/graph/nodes.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';
import { compile } from '../../support/graph-document.ts';

afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(closeNodes);

const MODEL = { name: 'm', type: 'MODEL' };
const MESSAGE = { data: { ndarray: [[1, 2]] } };
const ANSWER: NodeAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"strData":"answer"}',
};
const OK: Node = async () => ANSWER;

/** A graph of one unit that is a function. */
async function serve(
  service?: Parameters<typeof openInvokeApi>[1],
  {
    target = 'lambda:fn',
    node = OK,
    environment = {},
  }: { target?: string; node?: Node; environment?: object } = {},
) {
  const api = await openInvokeApi(() => node, service);
  const plan = await graphPlan(MODEL, { target: () => target });
  return { api, served: await serveGraph(plan, {}, { ...api.environment, ...environment }) };
}

function statusOf({ body }: { body: string | Uint8Array }) {
  return JSON.parse(String(body)).status;
}

describe('a unit that is a Lambda function', () => {
  test('is called again where Lambda has refused it, and only then', async () => {
    const answers: (ServiceAnswer | undefined)[] = [
      { status: 429, code: 'TooManyRequestsException' },
      undefined,
    ];
    const { api, served } = await serve((_invocation, index) => answers[index]);
    expect((await served.send(prediction(MESSAGE))).status).toBe(200);
    expect(api.invocations).toHaveLength(2);
  });

  test('is given up where Lambda goes on refusing', async () => {
    const { api, served } = await serve(() => ({ status: 429, code: 'TooManyRequestsException' }));
    const answer = await served.send(prediction(MESSAGE));
    expect([answer.status, statusOf(answer).reason]).toEqual([502, 'GRAPH_NODE_UNREACHABLE']);
    expect(api.invocations).toHaveLength(3);
  });

  test.each<[string, ServiceAnswer, number, string]>([
    [
      'fails',
      { status: 200, functionError: 'Unhandled', body: '{"errorType":"TypeError","errorMessage":"secret"}' },
      502,
      'GRAPH_NODE_FAILED',
    ],
    [
      'times out',
      {
        status: 200,
        functionError: 'Unhandled',
        body: '{"errorType":"Sandbox.Timedout","errorMessage":"x"}',
      },
      504,
      'GRAPH_TIMEOUT',
    ],
    [
      'times out, as before 2024',
      {
        status: 200,
        functionError: 'Unhandled',
        body: '{"errorMessage":"2023-01-01 Task timed out after 3.00 seconds"}',
      },
      504,
      'GRAPH_TIMEOUT',
    ],
    [
      'fails with a type that cannot be a text',
      {
        status: 200,
        functionError: 'Unhandled',
        body: '{"errorType":{"toString":1},"errorMessage":{"toString":1}}',
      },
      502,
      'GRAPH_NODE_FAILED',
    ],
    [
      'fails with a type that is deep',
      {
        status: 200,
        functionError: 'Unhandled',
        body: `{"errorType":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      },
      502,
      'GRAPH_NODE_FAILED',
    ],
    ['answers with no JSON', { status: 200, body: 'not JSON' }, 502, 'GRAPH_BAD_ANSWER'],
    [
      'answers with a status that is none',
      { status: 200, body: '{"statusCode":"OK"}' },
      502,
      'GRAPH_BAD_ANSWER',
    ],
    ['does not exist', { status: 404, code: 'ResourceNotFoundException' }, 502, 'GRAPH_NODE_UNREACHABLE'],
    ['may not be invoked', { status: 403, code: 'AccessDeniedException' }, 502, 'GRAPH_NODE_UNREACHABLE'],
  ])('that %s', async (_what, answer, status, reason) => {
    const { api, served } = await serve(() => answer);
    const answered = await served.send(prediction(MESSAGE));
    expect([answered.status, statusOf(answered).reason]).toEqual([status, reason]);
    expect(answered.headers['seldon-failed-node']).toBe('m');
    expect(api.invocations).toHaveLength(1);
    // No account, no address, and nothing of the function's own error.
    expect(String(answered.body)).not.toMatch(/123456789012|127\.0\.0\.1|secret|AKID/);
  });

  test.each([
    ['a status that is text', { statusCode: '200', body: '{"strData":"a"}' }],
    [
      'headers that are null',
      { statusCode: 200, headers: { 'content-encoding': null }, body: '{"strData":"a"}' },
    ],
    [
      'a header that cannot be text',
      { statusCode: 200, headers: { 'x-a': { toString: 1 } }, body: '{"strData":"a"}' },
    ],
  ])('has its answer with %s, as API Gateway reads it', async (_what, result) => {
    const { served } = await serve(() => ({ status: 200, body: JSON.stringify(result) }));
    const { status, headers, body } = await served.send(prediction(MESSAGE));
    expect([status, headers['content-type'], String(body)]).toEqual([
      200,
      'application/json',
      '{"strData":"a"}',
    ]);
  });

  test('has an empty answer where its body is null, as API Gateway reads it', async () => {
    const { served } = await serve(() => ({ status: 200, body: '{"statusCode":503,"body":null}' }));
    const answer = await served.send(prediction(MESSAGE));
    expect([answer.status, statusOf(answer).reason]).toEqual([503, 'GRAPH_NODE_FAILED']);
  });

  test('has the answer of a function that is not for HTTP, as API Gateway reads it', async () => {
    const { served } = await serve(() => ({ status: 200, body: '{"data":{"ndarray":[[1]]}}' }));
    expect(JSON.parse(String((await served.send(prediction(MESSAGE))).body))).toEqual({
      data: { ndarray: [[1]] },
    });
  });

  test.each([
    ['lambda:iris', 'iris', undefined],
    ['lambda:iris:live', 'iris', 'live'],
    ['lambda:iris-prod-*', 'iris-prod-predict', undefined],
    ['lambda:iris-prod-*:7', 'iris-prod-predict', '7'],
    [
      'arn:aws:lambda:eu-west-1:123456789012:function:iris',
      'arn:aws:lambda:eu-west-1:123456789012:function:iris',
      undefined,
    ],
    [
      'lambda:arn:aws:lambda:eu-west-1:123456789012:function:iris:live',
      'arn:aws:lambda:eu-west-1:123456789012:function:iris',
      'live',
    ],
  ])('%s is called as %s', async (target, name, qualifier) => {
    const { api, served } = await serve(undefined, { target });
    await served.send(prediction(MESSAGE));
    expect(api.invocations[0]).toMatchObject({ name, qualifier, type: 'RequestResponse' });
  });

  test('each endpoint is asked at its own function', async () => {
    const { api, served } = await serve(undefined, { target: 'lambda:iris-*' });
    await served.send({ method: 'GET', path: '/api/v1.0/status/m' });
    await served.send({ method: 'GET', path: '/api/v1.0/metadata/m' });
    await served.send(feedback({ reward: 1 }));
    expect(api.invocations.map(({ name }) => name)).toEqual([
      'iris-health',
      'iris-metadata',
      'iris-send-feedback',
    ]);
  });

  test.each([
    ['lambda:fn'],
    ['lambda:fn:live'],
    ['arn:aws:lambda:eu-west-1:123456789012:function:fn'],
    ['lambda:arn:aws:lambda:eu-west-1:123456789012:function:fn:7'],
    ['lambda:iris-*', 'iris-predict'],
    ['lambda:iris-*', 'iris-route'],
    ['arn:aws:lambda:eu-west-1:123456789012:function:iris-*:live', 'iris-health'],
  ])('%s is refused in the function of the graph itself', async (target, own = 'fn') => {
    const environment = { AWS_LAMBDA_FUNCTION_NAME: own, AWS_REGION: 'eu-west-1' };
    const { api, served } = await serve(undefined, { target, environment });
    const answer = await served.send(prediction(MESSAGE));
    expect([answer.status, statusOf(answer)]).toEqual([
      500,
      expect.objectContaining({
        reason: 'GRAPH_BAD',
        info: 'unit m is bound to the function of the graph itself',
      }),
    ]);
    expect(api.invocations).toEqual([]);
  });

  test.each([
    ['lambda:iris-*', 'iris-graph', 'eu-west-1'],
    ['arn:aws:lambda:eu-west-1:123456789012:function:fn', 'fn', 'us-west-2'],
  ])('%s may be called by %s in %s', async (target, own, region) => {
    const environment = { AWS_LAMBDA_FUNCTION_NAME: own, AWS_REGION: region };
    const { served } = await serve(undefined, { target, environment });
    expect((await served.send(prediction(MESSAGE))).status).toBe(200);
  });

  test('gets a large message compressed, and none that is too large', async () => {
    const arrived: ArrivedCall[] = [];
    const bodies: Buffer[] = [];
    const node: Node = async (request) => {
      bodies.push(request.body);
      return stubNode('m', { '*': { body: '{"strData":"x"}' } }, arrived)(request);
    };
    const { served } = await serve(undefined, { node });
    const large = JSON.stringify({ strData: 'é"\\'.repeat(800_000) });
    expect((await served.send(prediction(large))).status).toBe(200);
    expect(arrived[0]?.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(bodies[0] as Buffer).toString()).toBe(large);
    let seed = 1;
    const noise = Array.from({ length: 6_200_000 }, () => {
      seed = (seed * 16807) % 2147483647;
      return String.fromCharCode(32 + (seed % 90));
    }).join('');
    const refused = await served.send(prediction({ strData: noise }));
    expect([refused.status, statusOf(refused).reason]).toEqual([413, 'MICROSERVICE_PAYLOAD_TOO_LARGE']);
  });
});

describe('chains', () => {
  const chain = {
    name: 'a',
    type: 'TRANSFORMER',
    children: [{ name: 'b', type: 'MODEL', children: [{ name: 'c' }] }],
  };

  test('the units to come are warmed up with the first request of an instance, at once', async () => {
    const api = await openInvokeApi(() => OK);
    const served = await serveGraph(
      await graphPlan(chain, { target: (name) => `lambda:${name}` }),
      {},
      api.environment,
    );
    await served.send(prediction(MESSAGE));
    await served.send(prediction(MESSAGE));
    await vi.waitFor(() => expect(api.invocations.filter(({ type }) => type === 'Event')).toHaveLength(2));
    const warm = api.invocations.filter(({ type }) => type === 'Event');
    expect(warm.map(({ name }) => name).sort()).toEqual(['b', 'c']);
    expect(warm[0]?.event).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event' });
  });

  test('of children that are asked one after the other, those behind the first one', async () => {
    const api = await openInvokeApi(() => OK);
    const cascade = {
      name: 'x',
      implementation: 'CASCADE',
      parameters: [0, 1].map((name) => ({ name: `${name}`, value: 'data', type: 'STRING' })),
      children: ['a', 'b', 'c'].map((name) => ({ name, type: 'MODEL' })),
    };
    const { plan } = await compile(
      inferenceGraph({ root: node('Sequence', ...['d', 'e'].map((serviceName) => ({ serviceName }))) }),
      { nodes: { d: 'lambda:d', e: 'lambda:e' } },
    );
    for (const [graph, warmed] of [
      [await graphPlan(cascade, { target: (name) => `lambda:${name}` }), ['b', 'c']],
      [plan, ['e']],
    ] as const) {
      const { send } = await serveGraph(graph, {}, api.environment);
      api.invocations.length = 0;
      await send({
        ...prediction(MESSAGE),
        path: graph === plan ? '/v1/models:predict' : '/api/v1.0/predictions',
      });
      const events = () => api.invocations.filter(({ type }) => type === 'Event').map(({ name }) => name);
      await vi.waitFor(() => expect(events().sort()).toEqual(warmed));
    }
  });

  test('each of these events is counted, with its status', async () => {
    const api = await openInvokeApi((name) => (name === 'c' ? undefined : OK));
    const target = (name: string) => `lambda:${name}`;
    const { graph, send } = await serveGraph(await graphPlan(chain, { target }), {}, api.environment);
    await send(prediction(MESSAGE));
    await vi.waitFor(async () => {
      const { series } = await graph.instance.metrics.read({ remainingMs: () => 1000 } as never);
      const found = series.filter((each) => each.name === 'seldon_lambda_graph_warmup_seconds');
      expect(
        found.map(({ labels: { model_name, code, where } }) => [model_name, code, where]).sort(),
      ).toEqual([
        ['b', '200', 'lambda'],
        ['c', '502', 'lambda'],
      ]);
    });
  });

  test('unless that is not wanted', async () => {
    const api = await openInvokeApi(() => OK);
    const environment = { ...api.environment, SELDON_GRAPH_WARM: 'false' };
    const served = await serveGraph(
      await graphPlan(chain, { target: (name) => `lambda:${name}` }),
      {},
      environment,
    );
    await served.send(prediction(MESSAGE));
    expect(api.invocations.map(({ type }) => type)).toEqual(Array(3).fill('RequestResponse'));
  });

  test('a warm-up of the graph itself loads the models in the process', async () => {
    let loads = 0;
    class Model {
      load = () => {
        loads++;
      };
      predict = () => 'x';
    }
    const graph = { name: 'x', type: 'MODEL', children: [{ name: 'y', type: 'MODEL' }] };
    const served = await serveGraph(await graphPlan(graph), { x: unitOf(Model), y: unitOf(Model) });
    const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
    await served.invoke(event, lambdaContext());
    expect(loads).toBe(2);
    await served.send(prediction(MESSAGE));
    expect(loads).toBe(2);
  });
});

describe('time', () => {
  const never: Node = () => new Promise(() => {});

  test.each(['lambda:fn', 'http'])(
    'a unit behind %s that does not answer ends the call in time',
    async (where) => {
      const api = await openInvokeApi(() => never);
      const urlOf = await openHttpNodes(new Map([['m', never]]));
      const plan = await graphPlan(MODEL, {
        target: (name) => (where === 'http' ? urlOf(name) : where),
        restTimeoutMs: 60,
      });
      const served = await serveGraph(plan, {}, api.environment);
      const answer = await served.send(prediction(MESSAGE));
      expect([answer.status, statusOf(answer)]).toEqual([
        504,
        expect.objectContaining({
          reason: 'GRAPH_TIMEOUT',
          info: expect.stringMatching(/^unit m did not answer within \d{2,4} ms$/),
        }),
      ]);
    },
  );

  test('the graph answers before the time of its function is over, and names who was running', async () => {
    class Hanging {
      predict = () => new Promise(() => {});
    }
    class Model {
      predict = () => 'x';
    }
    const graph = { name: 'x', type: 'MODEL', children: [{ name: 'y', type: 'MODEL' }] };
    const served = await serveGraph(await graphPlan(graph), { x: unitOf(Model), y: unitOf(Hanging) });
    const context = lambdaContext({ getRemainingTimeInMillis: () => 200 });
    const answer = readResult(await served.invoke(apiGatewayV2(prediction(MESSAGE)), context));
    expect([answer.status, statusOf(answer).reason]).toEqual([504, 'GRAPH_TIMEOUT']);
    expect(answer.headers['seldon-failed-node']).toBe('y');
  });

  test('a class that takes too long ends its call, not that of others', async () => {
    class Hanging {
      predict = () => new Promise(() => {});
    }
    const plan = await graphPlan(MODEL, { restTimeoutMs: 30 });
    const answer = await (await serveGraph(plan, { m: unitOf(Hanging) })).send(prediction(MESSAGE));
    expect([answer.status, statusOf(answer).info]).toEqual([504, 'unit m did not answer within 30 ms']);
  });
});

describe('headers', () => {
  const SENT = {
    authorization: 'Bearer t',
    cookie: 'c=1',
    'x-request-id': 'r1',
    'seldon-puid': 'p1',
    'x-own': 'o',
    'accept-encoding': 'br',
    te: 'trailers',
  };

  test.each([
    ['only the safe ones', {}, ['seldon-puid', 'x-request-id']],
    [
      'those that are named',
      { SELDON_GRAPH_HEADERS: 'x-own, Authorization' },
      ['authorization', 'seldon-puid', 'x-own', 'x-request-id'],
    ],
    [
      'all',
      { SELDON_GRAPH_HEADERS: '*' },
      ['accept-encoding', 'authorization', 'cookie', 'seldon-puid', 'x-own', 'x-request-id'],
    ],
  ])('units get %s', async (_what, environment, names) => {
    const arrived: ArrivedCall[] = [];
    const { served } = await serve(undefined, { node: stubNode('m', {}, arrived), environment });
    await served.send(prediction(MESSAGE, SENT));
    const asked = Object.keys(arrived[0]?.headers ?? {}).filter((name) => name in SENT);
    expect(asked.sort()).toEqual(names);
  });

  test('a signature of AWS never passes on', async () => {
    const arrived: ArrivedCall[] = [];
    const environment = { SELDON_GRAPH_HEADERS: '*' };
    const { served } = await serve(undefined, { node: stubNode('m', {}, arrived), environment });
    await served.send(
      prediction(MESSAGE, { authorization: 'AWS4-HMAC-SHA256 Credential=x', 'x-amz-security-token': 't' }),
    );
    expect(arrived[0]?.headers).not.toHaveProperty('authorization');
    expect(arrived[0]?.headers).not.toHaveProperty('x-amz-security-token');
  });
});

test('a unit that cannot be opened is named, and the graph is not ready', async () => {
  const plan = await graphPlan(MODEL, { target: () => 'lambda:fn' });
  const served = await serveGraph(plan, {}, { AWS_REGION: 'eu-west-1' });
  const answer = await served.send(prediction(MESSAGE));
  expect([answer.status, answer.headers['seldon-failed-node'], statusOf(answer).info]).toEqual([
    500,
    'm',
    expect.stringContaining('needs credentials'),
  ]);
  const ready = await served.send({ method: 'GET', path: '/ready' });
  expect([ready.status, ready.body]).toEqual([503, '']);
});

test.each([
  ['seldon-puid', '\u2192', '%E2%86%92'],
  ['idempotency-key', 'a\r\nb: c', 'a%0D%0Ab: c/m'],
  ['baggage', '\ud800', '%EF%BF%BD'],
  ['seldon-x y', 'z', undefined],
])('a header of the caller that no request can carry does not stop a call: %s', async (name, value, sent) => {
  let got: Readonly<Record<string, unknown>> = {};
  const url = await openServer(async ({ headers }) => {
    got = headers;
    return ANSWER;
  });
  const served = await serveGraph(await graphPlan(MODEL, { target: () => url }), {});
  expect((await served.send(prediction(MESSAGE, { [name]: value }))).status).toBe(200);
  expect(got[name]).toBe(sent);
});

class Silent {
  predict = (X: unknown) => X;
  healthStatus = () => new Promise(() => {});
  initMetadata = () => new Promise(() => {});
}

describe.each(['elsewhere', 'in the process'])('a unit %s that is asked, and does not answer', (where) => {
  test.each(['status/m', 'metadata/m', 'metadata'])(
    '%s is not waited for longer than its timeout',
    async (path) => {
      const url = await openServer(() => new Promise<never>(() => {}));
      const target = (name: string) => (where === 'elsewhere' ? url : `model:${name}`);
      const plan = await graphPlan({ name: 'm', type: 'MODEL' }, { target, restTimeoutMs: 50 });
      const served = await serveGraph(plan, { m: unitOf(Silent as never) });
      const answer = await served.send({ method: 'GET', path: `/api/v1.0/${path}` });
      expect([answer.status, statusOf(answer).reason]).toEqual([504, 'GRAPH_TIMEOUT']);
      expect(answer.headers['seldon-failed-node']).toBe('m');
    },
  );
});

test('a unit that does not answer leaves the function the time for its own answer', async () => {
  const url = await openServer(() => new Promise<never>(() => {}));
  const plan = await graphPlan({ name: 'm', type: 'MODEL' }, { target: () => url });
  const { invoke } = await serveGraph(plan, {});
  const end = performance.now() + 3_000;
  const getRemainingTimeInMillis = () => Math.max(0, end - performance.now());
  const event = apiGatewayV2({ method: 'GET', path: '/api/v1.0/status/m' });
  const answer = readResult(await invoke(event, { ...lambdaContext(), getRemainingTimeInMillis }));
  expect([answer.status, statusOf(answer).reason]).toEqual([504, 'GRAPH_TIMEOUT']);
  expect(getRemainingTimeInMillis()).toBeGreaterThan(0);
});
