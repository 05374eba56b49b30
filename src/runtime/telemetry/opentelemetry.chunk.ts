import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { toSeldonError } from '../errors.ts';
import type { Tracing } from './trace.ts';

/** Opens tracing with the SDK that is registered. */
export function openTracing(): Tracing {
  const tracer = trace.getTracer('seldon-lambda');
  return {
    span: (name, run) => tracer.startActiveSpan(name, (span) => finish(span, run)),
    unit(name, { where, headers, route }, run) {
      const isElsewhere = where === 'lambda' || where === 'http';
      const attributes = { 'seldon.node': name, 'seldon.node.where': where };
      const options = { kind: isElsewhere ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes };
      return tracer.startActiveSpan(`node ${name}`, options, (span) =>
        finish(span, async () => {
          const sent = { ...headers };
          propagation.inject(context.active(), sent);
          const result = await run(sent);
          try {
            if (route !== undefined) {
              span.setAttribute('seldon.route', await route(result));
            }
          } catch {
            // What is no route is an error of the call, which says so.
          }
          return result;
        }),
      );
    },
    call(name, { headers, attributes }, run) {
      const active = context.active();
      const parent = trace.getSpan(active) === undefined ? propagation.extract(active, headers) : active;
      const options = { kind: SpanKind.SERVER, attributes };
      return tracer.startActiveSpan(name, options, parent, (span) => finish(span, run));
    },
  };
}

async function finish<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { message, reason, status } = toSeldonError(error);
    span.recordException(message);
    span.setAttributes({ 'error.type': reason, 'http.response.status_code': status });
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    throw error;
  } finally {
    span.end();
  }
}
