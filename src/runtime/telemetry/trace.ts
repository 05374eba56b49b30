import type { Context as OtelContext, Span, Tracer } from '@opentelemetry/api';
import { toSeldonError } from '../errors.ts';

/** The name under which every copy of OpenTelemetry's API finds what an SDK has registered. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/** OpenTelemetry's SpanStatusCode.ERROR. */
const ERROR = 2;

type Api = typeof import('./opentelemetry.chunk.ts');

/** Attributes of a span; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Spans of OpenTelemetry, where an SDK is there, such as that of AWS' layer; else they cost nothing. */
export interface Trace {
  /** Looks for an SDK, and loads OpenTelemetry's API only if there is one. */
  open(): Promise<void>;
  /** Runs a part of a call as a span: load, fetch, parse, dispatch, respond, state. */
  span<T>(name: string, run: () => Promise<T>): Promise<T>;
  /**
   * Runs a whole call as a span: under the active one, such as that of the handler's instrumentation, or else under that
   * of the caller's `traceparent`.
   */
  call<T>(
    name: string,
    { headers, attributes }: { headers: Readonly<Record<string, string>>; attributes: Attributes },
    run: () => Promise<T>,
  ): Promise<T>;
}

/** Makes an instance's trace; nothing is loaded yet. */
export function createTrace(): Trace {
  let opened: { readonly api: Api; readonly tracer: Tracer } | undefined;
  return {
    async open() {
      if (opened === undefined && REGISTERED in globalThis) {
        const api = await import('./opentelemetry.chunk.ts');
        opened = { api, tracer: api.trace.getTracer('seldon-lambda') };
      }
    },
    span(name, run) {
      return opened === undefined ? run() : opened.tracer.startActiveSpan(name, (span) => finish(span, run));
    },
    call(name, { headers, attributes }, run) {
      if (opened === undefined) {
        return run();
      }
      const { api, tracer } = opened;
      const options = { kind: api.SpanKind.SERVER, attributes };
      return tracer.startActiveSpan(name, options, parentOf(api, headers), (span) => finish(span, run));
    },
  };
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
