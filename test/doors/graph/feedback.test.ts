import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { predict } from '../../../src/runtime/endpoints/predict.ts';
import { createInstance } from '../../../src/runtime/instance/instance.ts';
import { createHandler } from '../../../src/runtime/lambda/handler.ts';
import { decodeEnvelope, readState } from '../../../src/runtime/state/envelope.ts';
import { Counter } from '../../models/state/Counter.ts';
import { apiGatewayV2, lambdaContext, readResult } from '../../support/events.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';
import { AWS_CREDENTIALS } from '../../support/stores/aws-settings.ts';
import { openFakeDynamodb } from '../../support/stores/fake-dynamodb.ts';

const REQUEST = { data: { ndarray: [[1]] } };
const ROUTER = {
  name: 'r',
  type: 'ROUTER',
  children: [
    { name: 'a', type: 'MODEL' },
    { name: 'b', type: 'MODEL' },
  ],
};
const UNITS = { r: unitOf(Counter), a: unitOf(Counter), b: unitOf(Counter) };

/** The state of a unit, read by a function of its own. */
async function countOf(unit: string, url: string): Promise<unknown> {
  const instance = createInstance({
    environment: {
      SELDON_DEPLOYMENT_ID: 'dep',
      PREDICTOR_ID: 'main',
      PREDICTIVE_UNIT_ID: unit,
      STATE_URL: url,
      SELDON_LOG_LEVEL: 'ERROR',
    },
    units: [unitOf(Counter)],
  });
  const handler = await createHandler([predict], { instance });
  const event = apiGatewayV2({ method: 'POST', path: '/predict', body: JSON.stringify(REQUEST) });
  return JSON.parse(String(readResult(await handler(event, lambdaContext())).body)).data.ndarray;
}

function rewarded(routing: object, reward = 1) {
  return { request: REQUEST, response: { meta: { routing } }, reward };
}

test('each unit counts a feedback once, however often it is sent, in whatever instance', async () => {
  const url = `memory://${randomUUID()}`;
  const plan = await graphPlan(ROUTER);
  let served = await serveGraph(plan, UNITS, { STATE_URL: url });
  let sent = 0;
  for (let i = 0; i < 100; i++) {
    for (let times = 0; times <= i % 3; times++) {
      const request = feedback(rewarded({ r: i % 2 }), { 'idempotency-key': `key-${i}` });
      expect((await served.send(request)).status).toBe(200);
      sent++;
      if (sent % 17 === 0) {
        served = await serveGraph(plan, UNITS, { STATE_URL: url });
      }
    }
  }
  expect(sent).toBe(199);
  expect(await countOf('r', url)).toEqual([100, 100]);
  expect([await countOf('a', url), await countOf('b', url)]).toEqual([
    [50, 50],
    [50, 50],
  ]);
});

test('without a key of the caller, a repeated invocation counts once', async () => {
  const url = `memory://${randomUUID()}`;
  const served = await serveGraph(await graphPlan(ROUTER), UNITS, { STATE_URL: url });
  const context = lambdaContext();
  for (let times = 0; times < 3; times++) {
    await served.invoke(apiGatewayV2(feedback(rewarded({ r: 0 }))), context);
  }
  await served.send(feedback(rewarded({ r: 0 })));
  expect(await countOf('a', url)).toEqual([2, 2]);
});

test.each([true, false])(
  'fifty feedbacks at once are stored by three writes of each unit at most (with keys: %s)',
  async (hasKeys) => {
    const dynamodb = await openFakeDynamodb();
    try {
      const environment = {
        STATE_URL: 'dynamodb://the-table',
        METRICS_URL: '',
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      };
      const served = await serveGraph(await graphPlan(ROUTER), UNITS, environment);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, nth) =>
          served.send(feedback(rewarded({ r: nth % 2 }), hasKeys ? { 'idempotency-key': `key-${nth}` } : {})),
        ),
      );
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      const stored = [...dynamodb.items.values()].map((item) => {
        const { revision, state } = decodeEnvelope(bytesOf(item), 'the state');
        return { writes: revision, ...Object(readState(state, 'the state')) };
      });
      expect(stored.map(({ count }) => count).sort()).toEqual([25, 25, 50]);
      expect(Math.max(...stored.map(({ writes }) => writes))).toBeLessThanOrEqual(3);
    } finally {
      dynamodb.close();
    }
  },
);

function bytesOf(item: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from((item.value as { readonly B: string }).B, 'base64');
}

test('a feedback that failed half-way may be sent again', async () => {
  const url = `memory://${randomUUID()}`;
  let isBroken = true;
  class Breaking extends Counter {
    override sendFeedback(...args: Parameters<Counter['sendFeedback']>) {
      if (isBroken) {
        throw new Error('not yet');
      }
      return super.sendFeedback(...args);
    }
  }
  const { found } = unitOf(Breaking);
  const units = { ...UNITS, r: { found: { ...found, name: 'Counter' } as typeof found } };
  const served = await serveGraph(await graphPlan(ROUTER), units, { STATE_URL: url });
  const request = feedback(rewarded({ r: -1 }), { 'idempotency-key': 'k' });
  const failed = await served.send(request);
  expect([failed.status, failed.headers['seldon-failed-node']]).toEqual([500, 'r']);
  isBroken = false;
  expect((await served.send(request)).status).toBe(200);
  expect(await Promise.all(['r', 'a', 'b'].map((unit) => countOf(unit, url)))).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
});

test('a unit that stands at two nodes is told at both', async () => {
  const url = `memory://${randomUUID()}`;
  const graph = {
    ...ROUTER,
    type: 'COMBINER',
    children: [
      { name: 'a', type: 'MODEL' },
      { name: 'a', type: 'MODEL' },
    ],
  };
  const served = await serveGraph(await graphPlan(graph), UNITS, { STATE_URL: url });
  const request = feedback(rewarded({}), { 'idempotency-key': 'k' });
  expect((await served.send(request)).status).toBe(200);
  expect((await served.send(request)).status).toBe(200);
  expect(await countOf('a', url)).toEqual([2, 2]);
});

test('the routing of an answer leads its feedback to the arm that answered, through nested routers', async () => {
  const told: string[] = [];
  const arm = (name: string) =>
    unitOf(
      class {
        predict = () => name;
        sendFeedback = () => {
          told.push(name);
        };
      },
    );
  const router = (branch: number, name: string) =>
    unitOf(
      class {
        route = () => branch;
        sendFeedback = () => {
          told.push(name);
        };
      },
    );
  const graph = {
    name: 'c',
    type: 'COMBINER',
    children: [
      { name: 'r1', type: 'ROUTER', children: [{ name: 'a' }, { name: 'b' }] },
      { name: 'r2', type: 'ROUTER', children: [{ name: 'd' }, { name: 'e' }] },
    ],
  };
  class Join {
    aggregate = (list: unknown[]) => list.join('+');
  }
  const units = {
    c: unitOf(Join),
    r1: router(1, 'r1'),
    r2: router(0, 'r2'),
    ...Object.fromEntries(['a', 'b', 'd', 'e'].map((name) => [name, arm(name)])),
  };
  const served = await serveGraph(await graphPlan(graph, { injected: true }), units);
  const response = JSON.parse(String((await served.send(prediction(REQUEST))).body));
  expect(response).toMatchObject({
    strData: 'b+d',
    meta: { routing: { c: -1, r1: 1, r2: 0, b: -1, d: -1 } },
  });
  await served.send(feedback({ request: REQUEST, response, reward: 1 }));
  expect(told.sort()).toEqual(['b', 'd', 'r1', 'r2']);
});

test.each([5, -3, 'x', 0.5, null])(
  'the route %j of a feedback is refused, and nobody is told',
  async (route) => {
    const url = `memory://${randomUUID()}`;
    const served = await serveGraph(await graphPlan(ROUTER), UNITS, { STATE_URL: url });
    const { status, body } = await served.send(feedback(rewarded({ r: route })));
    expect([status, String(body)]).toEqual([400, expect.stringContaining('unit r has no child')]);
    expect(await countOf('r', url)).toEqual([0, 0]);
  },
);
