import { fileURLToPath } from 'node:url';
import { trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Deployment, deploy } from '../support/functions.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

/** A model whose state is read once: on a busy machine, it is older than the default of a second. */
const STATE = {
  MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
  STATE_URL: 'memory:',
  METRICS_URL: '',
  STATE_MAX_AGE_MS: '60000',
};

let exporter: InMemorySpanExporter;
let provider: NodeTracerProvider;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  // As the layer does before the handler is imported.
  provider.register();
});

afterEach(async () => {
  await provider.shutdown();
  trace.disable();
  vi.unstubAllEnvs();
});

/** Spans by name; a name that comes twice is an error of the test. */
function spans(): Record<string, ReadableSpan> {
  const finished = exporter.getFinishedSpans();
  exporter.reset();
  return Object.fromEntries(finished.map((span) => [span.name, span]));
}

function parentOf(span: ReadableSpan | undefined): string | undefined {
  return span?.parentSpanContext?.spanId;
}

function predict(functions: Deployment, body: string, headers: Record<string, string> = {}) {
  return functions.send({
    method: 'POST',
    path: '/predict',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

describe('with an SDK in the process', () => {
  test('fetching the files of MODEL_URI is a part of loading the model', async () => {
    await predict(deploy({ MODEL_NAME: 'Identity', MODEL_URI: 'ftp://models/mine' }), '{"strData":"x"}');
    const { load, fetch } = spans();
    expect(parentOf(fetch)).toBe(load?.spanContext().spanId);
    expect(fetch?.status.message).toBe('MODEL_URI ftp://models/mine: expected s3://bucket/prefix');
  });

  test('a call is a span with its parts in it; the model is loaded by the first', async () => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    await predict(functions, '{"data":{"ndarray":[1]}}', { 'seldon-puid': 'mine' });
    const cold = spans();
    const call = cold['seldon predict'];
    expect(Object.keys(cold).sort()).toEqual(['dispatch', 'load', 'parse', 'respond', 'seldon predict']);
    expect(call?.attributes).toMatchObject({
      'seldon.puid': 'mine',
      'faas.coldstart': true,
      'faas.invocation_id': expect.any(String),
      'url.path': '/predict',
    });
    for (const name of ['parse', 'load', 'dispatch', 'respond']) {
      expect(parentOf(cold[name]), name).toBe(call?.spanContext().spanId);
    }
    await predict(functions, '{"data":{"ndarray":[1]}}');
    expect(Object.keys(spans()).sort()).toEqual(['dispatch', 'parse', 'respond', 'seldon predict']);
  });

  test('nothing is parsed where nothing is sent', async () => {
    const functions = deploy({ MODEL_NAME: 'HealthFull' });
    expect((await functions.send({ method: 'GET', path: '/health/status' })).status).toBe(200);
    expect(Object.keys(spans())).not.toContain('parse');
  });

  test('each access to the store is a span', async () => {
    const functions = deploy({ ...STATE, MODEL_NAME: 'Counter' });
    await functions.send({ method: 'POST', path: '/send-feedback', body: '{"reward":1}' });
    const names = exporter.getFinishedSpans().map(({ name }) => name);
    // Read, then written.
    expect(names.filter((name) => name === 'state')).toHaveLength(2);
  });

  test('the parts of a merged state, which are read together, are one span', async () => {
    const functions = deploy({ ...STATE, MODEL_NAME: 'Tally' });
    await functions.send({ method: 'POST', path: '/route', body: '{"data":{"ndarray":[1]}}' });
    const names = exporter.getFinishedSpans().map(({ name }) => name);
    expect(names.filter((name) => name === 'state')).toHaveLength(1);
  });

  test("the caller's traceparent is the parent", async () => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    await predict(functions, '{"strData":"x"}', { traceparent: `00-${TRACE}-${PARENT}-01` });
    const call = spans()['seldon predict'];
    expect(call?.spanContext().traceId).toBe(TRACE);
    expect(parentOf(call)).toBe(PARENT);
  });

  test('one that is active, as under the instrumentation of the handler, goes before', async () => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    const outer = await trace.getTracer('test').startActiveSpan('handler', async (span) => {
      await predict(functions, '{"strData":"x"}', { traceparent: `00-${TRACE}-${PARENT}-01` });
      span.end();
      return span.spanContext();
    });
    const call = spans()['seldon predict'];
    expect(call?.spanContext().traceId).toBe(outer.traceId);
    expect(parentOf(call)).toBe(outer.spanId);
  });

  test('what failed says so, with its reason', async () => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    expect(await predict(functions, '{"data":')).toMatchObject({ status: 400 });
    const { parse, 'seldon predict': call } = spans();
    for (const span of [parse, call]) {
      expect(span?.status.code).toBe(2);
      expect(span?.attributes).toMatchObject({
        'error.type': 'MICROSERVICE_BAD_DATA',
        'http.response.status_code': 400,
      });
    }
  });

  test('two calls at once have traces of their own', async () => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    await predict(functions, '{"strData":"x"}');
    spans();
    await Promise.all([predict(functions, '{"strData":"a"}'), predict(functions, '{"strData":"b"}')]);
    const finished = exporter.getFinishedSpans();
    const calls = finished.filter(({ name }) => name === 'seldon predict');
    expect(new Set(calls.map((span) => span.spanContext().traceId)).size).toBe(2);
    for (const call of calls) {
      const inside = finished.filter((span) => parentOf(span) === call.spanContext().spanId);
      expect(inside.map(({ name }) => name).sort()).toEqual(['dispatch', 'parse', 'respond']);
    }
  });
});

test('without an SDK nothing of OpenTelemetry is imported', async () => {
  trace.disable();
  delete (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')];
  vi.doMock('@opentelemetry/api', () => {
    throw new Error('imported');
  });
  const functions = deploy({ MODEL_NAME: 'Identity' });
  expect(await predict(functions, '{"strData":"x"}')).toMatchObject({ status: 200 });
  vi.doUnmock('@opentelemetry/api');
});
