import type { Context as OtelContext, Span, Tracer } from '@opentelemetry/api';
import { toSeldonError } from '../errors.ts';

/** The name under which every copy of OpenTelemetry's API finds what an SDK has registered. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/** OpenTelemetry's SpanStatusCode.ERROR. */
const ERROR = 2;

type Api = typeof import('./opentelemetry.chunk.ts');

let api: Api | undefined;
let tracer: Tracer | undefined;

/**
 * Prepares traces if an SDK is there, such as that of AWS' layer; else spans cost nothing and nothing is
 * loaded.
 */
export async function openTraces(): Promise<void> {
  if (!(REGISTERED in globalThis)) {
    return;
  }
  api = await import('./opentelemetry.chunk.ts');
  tracer = api.trace.getTracer('seldon-lambda');
}

/** What a span says; undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Runs a part of a call as a span: load, fetch, parse, dispatch, respond, state. */
export function traced<T>(name: string, run: () => Promise<T>): Promise<T> {
  if (tracer === undefined) {
    return run();
  }
  return tracer.startActiveSpan(name, (span) => finish(span, run));
}

/**
 * Runs a whole call as a span: under the one that is active, such as that of the instrumentation of the
 * handler, or else under that of the caller's `traceparent`.
 */
export function tracedCall<T>(
  name: string,
  headers: Readonly<Record<string, string>>,
  attributes: Attributes,
  run: () => Promise<T>,
): Promise<T> {
  if (api === undefined || tracer === undefined) {
    return run();
  }
  const options = { kind: api.SpanKind.SERVER, attributes };
  return tracer.startActiveSpan(name, options, parentOf(api, headers), (span) => finish(span, run));
}

function parentOf(
  { context, propagation, trace }: Api,
  headers: Readonly<Record<string, string>>,
): OtelContext {
  const active = context.active();
  return trace.getSpan(active) === undefined ? propagation.extract(active, headers) : active;
}

async function finish<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { message, reason, status } = toSeldonError(error);
    span.recordException(message);
    span.setAttributes({ 'error.type': reason, 'http.response.status_code': status });
    span.setStatus({ code: ERROR, message });
    throw error;
  } finally {
    span.end();
  }
}
