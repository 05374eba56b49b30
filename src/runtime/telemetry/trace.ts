/** The global name under which every copy of OpenTelemetry's API finds the registered SDK. */
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
   * Runs a whole call as a span. Its parent is the active span, such as that of the handler's
   * instrumentation; without one, the span that the caller's `traceparent` names.
   */
  call<T>(name: string, options: SpanOptions, run: () => Promise<T>): Promise<T>;
  /**
   * Runs a call of a unit as a span.
   *
   * @param run - gets the headers to send: with the `traceparent` of this span.
   */
  unit<T>(
    name: string,
    options: UnitSpanOptions<T>,
    run: (headers: SpanOptions['headers']) => Promise<T>,
  ): Promise<T>;
}

/** Where a unit runs, and the headers that pass on to it. */
export interface UnitSpanOptions<T> {
  readonly where: string;
  readonly headers: SpanOptions['headers'];
  /** The child that a router has chosen by the result of its call; undefined: it is none. */
  readonly route: ((result: T) => number | Promise<number>) | undefined;
}

/**
 * Makes OpenTelemetry's spans if an SDK is registered, such as that of AWS's layer; otherwise tracing costs
 * nothing.
 */
export interface Trace extends Tracing {
  /** Looks for an SDK. The code that makes spans is loaded only if there is one. */
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
    unit: (name, options, run) =>
      tracing === undefined ? run(options.headers) : tracing.unit(name, options, run),
    call: (name, options, run) => (tracing === undefined ? run() : tracing.call(name, options, run)),
  };
}
