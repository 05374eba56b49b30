/** Every copy of OpenTelemetry's API finds under this name what an SDK has registered. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/** Attributes of a span; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** The caller's headers, for `traceparent`, and the attributes of a call's span. */
export interface SpanOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly attributes: Attributes;
}

/** Makes spans. */
export interface Tracing {
  /** Runs a part of a call as a span: load, fetch, parse, dispatch, respond, state. */
  span<T>(name: string, run: () => Promise<T>): Promise<T>;
  /**
   * Runs a whole call as a span: under the active one, such as that of the handler's instrumentation, or else under that
   * of the caller's `traceparent`.
   */
  call<T>(name: string, options: SpanOptions, run: () => Promise<T>): Promise<T>;
}

/** Spans of OpenTelemetry, where an SDK is there, such as that of AWS' layer; else they cost nothing. */
export interface Trace extends Tracing {
  /** Looks for an SDK; the code that makes spans is loaded only if there is one. */
  open(): Promise<void>;
}

/** Makes an instance's trace; nothing is loaded yet. */
export function createTrace(): Trace {
  let tracing: Tracing | undefined;
  return {
    async open() {
      if (tracing === undefined && REGISTERED in globalThis) {
        tracing = (await import('./opentelemetry.chunk.ts')).openTracing();
      }
    },
    span: (name, run) => (tracing === undefined ? run() : tracing.span(name, run)),
    call: (name, options, run) => (tracing === undefined ? run() : tracing.call(name, options, run)),
  };
}
