/**
 * What is used of OpenTelemetry's API. A file of its own: bundled, it then shares the handlers' chunk, which
 * else would be two.
 */
export { context, propagation, SpanKind, trace } from '@opentelemetry/api';
