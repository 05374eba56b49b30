import { randomUUID } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { counter, SeldonError, SeldonResponse } from '../../../src/index.ts';
import { metrics } from '../../../src/runtime/endpoints/metrics.ts';
import type { PredictorPlan } from '../../../src/runtime/graph/plan.ts';
import { createInstance } from '../../../src/runtime/instance/instance.ts';
import { createHandler } from '../../../src/runtime/lambda/handler.ts';
import { apiGatewayV2, lambdaContext, readResult } from '../../support/events.ts';
import type { ArrivedCall } from '../../support/graph/graph-case.ts';
import { closeNodes, openHttpNodes, openServer, stubNode } from '../../support/graph/nodes.ts';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';
import { captureLog } from '../../support/log-lines.ts';

afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(closeNodes);

class Router {
  route = () => 1;
}
class Model {
  predict = () => new SeldonResponse('x', { metrics: [counter('made', 3)] });
}
class Failing {
  predict() {
    throw new SeldonError('NO_WEIGHTS', 'no weights', { status: 422 });
  }
}
const UNITS = { r: unitOf(Router), m: unitOf(Model), bad: unitOf(Failing) };
const GRAPH = { name: 'r', type: 'ROUTER', children: [{ name: 'bad' }, { name: 'm' }] };
const MESSAGE = { data: { ndarray: [[1]] } };

async function samples({ graph }: ServedGraph): Promise<string[]> {
  const handler = await createHandler([metrics], { instance: graph.instance });
  const { body } = readResult(
    await handler(apiGatewayV2({ method: 'GET', path: '/metrics' }), lambdaContext()),
  );
  return String(body).split('\n');
}

/** The labels of the count of a histogram, or of a counter, by name. */
function labelsOf(lines: readonly string[], name: string): Record<string, string>[] {
  return lines
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) =>
      Object.fromEntries([...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value])),
    );
}

test('a call is counted under the names and labels of the executor, and each unit under its own', async () => {
  const plan = await graphPlan(GRAPH);
  const images = { r: 'host:5000/router:1.0', m: 'model:2.0' };
  const units = Object.fromEntries(
    Object.entries(plan.predictors[0]?.units ?? {}).map(([name, unit]) => [
      name,
      { ...unit, image: images[name as keyof typeof images] },
    ]),
  );
  const [predictor] = plan.predictors;
  const served = await serveGraph({ ...plan, predictors: [{ ...predictor, units } as never] }, UNITS);
  await served.send(prediction(MESSAGE));
  await served.send(feedback({ request: MESSAGE, response: { meta: { routing: { r: 1 } } }, reward: 1 }));
  const lines = await samples(served);
  const deployment = { deployment_name: 'dep', predictor_name: 'main', predictor_version: 'main' };
  const post = { ...deployment, method: 'post', code: '200' };
  expect(labelsOf(lines, 'seldon_api_executor_server_requests_seconds_count')).toMatchObject([
    { ...post, service: 'predictions' },
    { ...post, service: 'feedback' },
  ]);
  const router = { ...post, model_name: 'r', model_image: 'host:5000/router', model_version: '1.0' };
  const model = { ...post, model_name: 'm', model_image: 'model', model_version: '2.0' };
  const byService = (a: Record<string, string>, b: Record<string, string>) =>
    `${a.service}${a.model_name}` < `${b.service}${b.model_name}` ? -1 : 1;
  expect(labelsOf(lines, 'seldon_api_executor_client_requests_seconds_count').sort(byService)).toMatchObject([
    { ...model, service: '/predict' },
    { ...router, service: '/route' },
    { ...model, service: '/send-feedback' },
    { ...router, service: '/send-feedback' },
  ]);
  expect(labelsOf(lines, 'made_total')).toMatchObject([
    { ...deployment, model_name: 'm', method: 'predict' },
  ]);
  expect(labelsOf(lines, 'seldon_lambda_graph_seconds_count')).toMatchObject([
    { ...deployment, service: 'predictions' },
    { ...deployment, service: 'feedback' },
  ]);
  expect(lines.find((line) => line.startsWith('made_total'))).toMatch(/ 3$/);
});

test('the log has one line for a call, with the milliseconds of each unit', async () => {
  const lines = captureLog();
  const served = await serveGraph(await graphPlan(GRAPH), UNITS, { SELDON_LOG_LEVEL: 'INFO' });
  await served.send(prediction(MESSAGE, { 'seldon-puid': 'mine' }));
  expect(lines()).toMatchObject([
    {
      message: 'the call succeeded',
      method: 'predictions',
      puid: 'mine',
      status: 200,
      nodes: { r: expect.any(Number), m: expect.any(Number) },
    },
  ]);
});

test('the metrics of CloudWatch are in that line, those of the units too', async () => {
  const lines = captureLog();
  const served = await serveGraph(await graphPlan(GRAPH), UNITS, { METRICS_EMF: 'true' });
  await served.send(prediction(MESSAGE));
  expect(lines()).toMatchObject([
    { deployment: 'dep', predictor: 'main', method: 'predictions', requests: 1, made: 3 },
  ]);
});

test('a failure names the unit, in the log and in a header', async () => {
  const lines = captureLog();
  const graph = { name: 'm', type: 'MODEL', children: [{ name: 'bad', type: 'MODEL' }] };
  const served = await serveGraph(await graphPlan(graph), UNITS, { SELDON_LOG_LEVEL: 'INFO' });
  const { status, headers, body } = await served.send(prediction(MESSAGE));
  expect([status, headers['seldon-failed-node']]).toEqual([422, 'bad']);
  expect(JSON.parse(String(body)).status).toMatchObject({ reason: 'NO_WEIGHTS', info: 'no weights' });
  expect(lines()).toMatchObject([{ message: 'the call failed', status: 422, node: 'bad' }]);
  expect(labelsOf(await samples(served), 'seldon_api_executor_server_requests_seconds_count')).toMatchObject([
    { service: 'predictions', code: '422' },
  ]);
});

test('of units that fail side by side, one is answered, and the log has all', async () => {
  const lines = captureLog();
  const graph = {
    name: 'both',
    implementation: 'AVERAGE_COMBINER',
    children: [
      { name: 'bad', type: 'MODEL' },
      { name: 'worse', type: 'MODEL' },
    ],
  };
  class Worse {
    predict() {
      throw new SeldonError('NO_MEMORY', 'no memory', { status: 507 });
    }
  }
  const units = { ...UNITS, worse: unitOf(Worse) };
  const served = await serveGraph(await graphPlan(graph), units, { SELDON_LOG_LEVEL: 'INFO' });
  const { status, headers } = await served.send(prediction(MESSAGE));
  expect([status, headers['seldon-failed-node']]).toEqual([422, 'bad']);
  expect(lines()).toMatchObject([
    {
      status: 422,
      node: 'bad',
      failedNodes: { bad: 'NO_WEIGHTS: no weights', worse: 'NO_MEMORY: no memory' },
    },
  ]);
});

/** The spans that a call makes, by name. */
async function spansOf(call: () => Promise<unknown>) {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  try {
    await call();
    return Object.fromEntries(exporter.getFinishedSpans().map((span) => [span.name, span]));
  } finally {
    await provider.shutdown();
    trace.disable();
  }
}

test('the spans of a call are one tree, and a unit elsewhere gets the span of its own call', async () => {
  const arrived: ArrivedCall[] = [];
  const urlOf = await openHttpNodes(new Map([['m', stubNode('m', {}, arrived)]]));
  const plan = await graphPlan(GRAPH, { target: (name) => (name === 'm' ? urlOf(name) : `model:${name}`) });
  const traceparent = `00-${'4'.repeat(32)}-${'5'.repeat(16)}-01`;
  const byName = await spansOf(async () => {
    const served = await serveGraph(plan, UNITS);
    await served.send(prediction(MESSAGE, { traceparent }));
  });
  const call = byName['seldon predictions'];
  expect(call?.parentSpanContext?.spanId).toBe('5'.repeat(16));
  for (const name of ['node r', 'node m']) {
    expect(byName[name]?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
  }
  expect(byName['node m']?.attributes).toMatchObject({ 'seldon.node': 'm', 'seldon.node.where': 'http' });
  const own = byName['node m']?.spanContext();
  expect(arrived[0]?.headers.traceparent).toBe(`00-${'4'.repeat(32)}-${own?.spanId}-01`);
});

/** A router that needs no class, with its parameters. */
const coded = (implementation: string, values: object, type = 'STRING') => ({
  implementation,
  parameters: Object.entries(values).map(([name, value]) => ({ name, value, type })),
});

test.each<[string, object, number]>([
  ['a class', { type: 'ROUTER' }, 1],
  ['RANDOM_ABTEST', coded('RANDOM_ABTEST', { ratioA: '0' }, 'FLOAT'), 1],
  ['SIMPLE_ROUTER', coded('SIMPLE_ROUTER', {}), 0],
  ['SWITCH', coded('SWITCH', { 0: 'strData', 1: 'data' }), 1],
  ['SWITCH without a child for it', coded('SWITCH', { 0: 'strData', 1: 'binData' }), -2],
  ['CASCADE', coded('CASCADE', { 0: 'strData' }), 1],
])('the span of a router says which child it chose: %s', async (_what, router, route) => {
  const plan = await graphPlan({
    name: 'r',
    ...router,
    children: [
      { name: 'a', type: 'MODEL' },
      { name: 'b', type: 'MODEL' },
    ],
  });
  const units = { r: unitOf(Router), a: unitOf(Model), b: unitOf(Model) };
  const served = await serveGraph(plan, units);
  let status: number | undefined;
  const byName = await spansOf(async () => {
    ({ status } = await served.send(prediction(MESSAGE)));
  });
  expect(status).toBe(200);
  expect(byName['node r']?.attributes).toMatchObject({ 'seldon.node': 'r', 'seldon.route': route });
  expect(byName['node a']?.attributes ?? {}).not.toHaveProperty('seldon.route');
});

test('a unit that cannot be reached is one line in the log, which has the address', async () => {
  const plan = await graphPlan({ name: 'm' }, { target: () => 'http://127.0.0.1:1' });
  const served = await serveGraph(plan, {}, { SELDON_LOG_LEVEL: 'INFO' });
  for (const request of [prediction(MESSAGE), { method: 'GET', path: '/ready' }]) {
    const lines = captureLog();
    const answer = await served.send(request);
    expect(`${JSON.stringify(answer.headers)}${answer.body}`).not.toContain('127.0.0.1');
    expect(lines()).toEqual([expect.objectContaining({ error: expect.anything() })]);
    expect(JSON.stringify(lines())).toContain('connect ECONNREFUSED 127.0.0.1:1');
    vi.restoreAllMocks();
  }
});

test('questions are counted under the names of the executor, too', async () => {
  const url = await openServer(async () => ({ status: 503, headers: {}, body: '{}' }));
  const target = (name: string) => (name === 'bad' ? url : `model:${name}`);
  const served = await serveGraph(await graphPlan(GRAPH, { target }), UNITS);
  for (const path of ['metadata/m', 'status/m', 'status/bad', 'status/nobody', 'metadata']) {
    await served.send({ method: 'GET', path: `/api/v1.0/${path}` });
  }
  const lines = await samples(served);
  const seen = (name: string) =>
    labelsOf(lines, name).map(({ method, service, code, model_name }) => [method, service, code, model_name]);
  expect(seen('seldon_api_executor_server_requests_seconds_count')).toEqual([
    ['get', 'metadata', '200', ''],
    ['get', 'status', '200', ''],
    ['get', 'status', '503', ''],
    ['get', 'status', '404', ''],
    ['get', 'metadata', '503', ''],
  ]);
  expect(seen('seldon_api_executor_client_requests_seconds_count')).toEqual(
    expect.arrayContaining([
      ['get', '/metadata', '200', 'm'],
      ['get', '/health/status', '200', 'm'],
      ['get', '/health/status', '503', 'bad'],
      ['get', '/metadata', '503', 'bad'],
    ]),
  );
});

test.each([
  ['names no predictor', {}],
  ['cannot be decompressed', { 'content-encoding': 'gzip' }],
])('a feedback that %s is counted and logged as one', async (_what, headers) => {
  const lines = captureLog();
  const [main] = (await graphPlan(GRAPH)).predictors as [PredictorPlan];
  const predictors = [50, 50].map((traffic, index) => ({ ...main, name: `p${index}`, traffic }));
  const served = await serveGraph({ deployment: 'dep', predictors }, UNITS, { SELDON_LOG_LEVEL: 'INFO' });
  const body = { response: { meta: { routing: { dep: 7 } } }, reward: 1 };
  const { status } = await served.send({
    ...feedback(body, headers),
    body: Buffer.from(JSON.stringify(body)),
  });
  expect(status).toBe(400);
  expect(lines()).toMatchObject([{ message: 'the call failed', method: 'feedback', status: 400 }]);
  expect(labelsOf(await samples(served), 'seldon_api_executor_server_requests_seconds_count')).toMatchObject([
    { service: 'feedback', code: '400' },
  ]);
});

test('the metrics of a graph have no model, whatever function shows them', async () => {
  const stored = { METRICS_URL: `memory://${randomUUID()}`, METRICS_FLUSH_MS: '0' };
  const served = await serveGraph(await graphPlan(GRAPH), UNITS, stored);
  await served.send(prediction(MESSAGE));
  const environment = {
    ...stored,
    SELDON_DEPLOYMENT_ID: 'dep',
    PREDICTOR_ID: 'main',
    SELDON_LOG_LEVEL: 'ERROR',
  };
  const handler = await createHandler([metrics], { instance: createInstance({ environment }) });
  const event = apiGatewayV2({ method: 'GET', path: '/metrics' });
  const lines = String(readResult(await handler(event, lambdaContext())).body).split('\n');
  expect(labelsOf(lines, 'seldon_api_executor_server_requests_seconds_count')).toMatchObject([
    { predictor_name: 'main', model_name: '', model_image: '', model_version: '' },
  ]);
});
