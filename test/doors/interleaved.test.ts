import { fileURLToPath } from 'node:url';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBarrier } from '../support/barrier.ts';
import { apiGatewayV2, lambdaContext, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';

/** As many as Lambda's multi-concurrency hands to one process at once. */
const CALLS = 50;
const CALLERS = Array.from({ length: CALLS }, (_, index) => `caller-${index}`);

let functions: Deployment;
let exporter: InMemorySpanExporter;
let provider: NodeTracerProvider;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  functions = deploy({
    MODEL_DIR: fileURLToPath(new URL('../models/lifecycle', import.meta.url)),
    MODEL_NAME: 'Interleaved',
    STATE_URL: 'memory://interleaved',
    METRICS_FLUSH_MS: '0',
  });
  Reflect.set(globalThis, 'barrier', createBarrier(CALLS).enter);
});

afterEach(async () => {
  Reflect.deleteProperty(globalThis, 'barrier');
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await provider.shutdown();
  trace.disable();
});

/** A call that waits in the model until all others are there too. */
async function predict(caller: string) {
  const event = apiGatewayV2({
    method: 'POST',
    path: '/predict',
    headers: { 'content-type': 'application/json', 'seldon-puid': `header-${caller}` },
    body: JSON.stringify({ strData: 'x', meta: { puid: `meta-${caller}`, tags: { whose: caller } } }),
  });
  const context = { ...lambdaContext(), awsRequestId: `request-${caller}` };
  const { headers, body } = readResult(await functions.invoke('predict', event, context));
  return { headers, message: JSON.parse(body as string) };
}

test('50 calls at once in one process: puid, tags, metrics and requestId are each its own', async () => {
  const readLog = captureLog();
  const answers = await Promise.all(CALLERS.map(predict));
  const lines = readLog();
  for (const [index, caller] of CALLERS.entries()) {
    const { headers, message } = answers[index] as Awaited<ReturnType<typeof predict>>;
    expect(headers).toMatchObject({ 'seldon-puid': `header-${caller}` });
    expect(message.jsonData).toEqual({ puid: `meta-${caller}`, whose: caller });
    expect(message.meta).toMatchObject({
      puid: `meta-${caller}`,
      tags: { whose: caller, answered: caller },
      metrics: [{ key: 'answered', tags: { whose: caller } }],
    });
    expect(lines.filter(({ requestId }) => requestId === `request-${caller}`)).toEqual([
      expect.objectContaining({ puid: `header-${caller}`, status: 200, coldStart: index === 0 }),
    ]);
  }
});

test('50 calls at once are counted once each, and each is a trace of its own', async () => {
  await Promise.all(CALLERS.map(predict));
  const { body } = await functions.send({ method: 'GET', path: '/metrics' });
  const counted = [...(body as string).matchAll(/^answered_total\{.*whose="([^"]+)".*\} (\d+)$/gm)];
  expect(counted.map(([, whose, count]) => [whose, count]).sort()).toEqual(
    CALLERS.map((caller) => [caller, '1']).sort(),
  );
  const spans = exporter.getFinishedSpans();
  const calls = spans.filter(({ name }) => name === 'seldon predict');
  expect(calls.map(({ attributes }) => attributes['seldon.puid']).sort()).toEqual(
    CALLERS.map((caller) => `header-${caller}`).sort(),
  );
  for (const call of calls) {
    const parts = spans.filter(
      ({ parentSpanContext: parent }) => parent?.spanId === call.spanContext().spanId,
    );
    expect(parts.map(({ name }) => name)).toEqual(expect.arrayContaining(['parse', 'dispatch', 'respond']));
    expect(parts.filter(({ name }) => name === 'dispatch')).toHaveLength(1);
  }
});

test('50 feedbacks at once, each sent twice under its Idempotency-Key, change the state once each', async () => {
  const send = (caller: string) =>
    functions.send({
      method: 'POST',
      path: '/send-feedback',
      headers: { 'content-type': 'application/json', 'idempotency-key': caller },
      body: JSON.stringify({ request: { data: { names: [caller], ndarray: [[1]] } }, reward: 1 }),
    });
  const answers = await Promise.all([...CALLERS, ...CALLERS].map(send));
  const bodies = answers.map(({ body }) => body);
  // A repeat is answered as its first call was.
  expect(bodies.slice(CALLS)).toEqual(bodies.slice(0, CALLS));
  expect(new Set(bodies).size).toBe(CALLS);
  const { body } = await functions.send({ method: 'POST', path: '/route', body: '{"strData":"x"}' });
  expect(JSON.parse(body as string).data.ndarray ?? JSON.parse(body as string).data.tensor.values).toEqual([
    CALLS,
  ]);
});
