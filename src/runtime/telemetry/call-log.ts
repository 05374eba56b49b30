import type { Config } from '../config.ts';
import type { SeldonError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import type { Invocation } from '../invocation.ts';
import { describeError, infoForLog, type Log, writeLine } from '../log.ts';
import type { Metric } from '../model/message.ts';
import { type EmfPage, toEmf } from './metrics/emf.ts';
import type { FinishedCall } from './metrics/registry.ts';

/** A call with its request, and with its answer or its error. */
export interface LoggedCall {
  readonly call: FinishedCall;
  readonly request: HttpRequest;
  readonly invocation: Invocation;
  /** The id of the called unit, where the process has several units. */
  readonly unitId: string | undefined;
  readonly response: HttpResponse | undefined;
  readonly error: SeldonError | undefined;
  /** The value that was thrown; `error` was made from it. */
  readonly thrown: unknown;
  readonly metrics: readonly Metric[];
  /** The labels of the unit that was called. */
  readonly labels: Readonly<Record<string, string>>;
  /** Makes further fields of the line; default: none. */
  readonly fields?: ((error: SeldonError | undefined) => Readonly<Record<string, unknown>>) | undefined;
  /** End of the call, in milliseconds since 1970. */
  readonly timeMs: number;
}

/**
 * Writes one line for a call. On Lambda the line also carries the call's metrics, in the format that
 * CloudWatch reads from the log; then it is written regardless of the level.
 */
export function logCall(logged: LoggedCall, { config, log }: { config: Config; log: Log }): void {
  const { call, error, thrown, metrics, labels, timeMs } = logged;
  // An error that has been logged already, such as a model that cannot be loaded, is not logged as an error
  // again.
  const level = error !== undefined && error.status >= 500 && !error.isLogged ? 'error' : 'info';
  const isMetric = config.METRICS_EMF ?? config.AWS_LAMBDA_FUNCTION_NAME !== undefined;
  if (!isMetric && !log.isEnabled(level)) {
    return;
  }
  const fields = fieldsOf(logged, config);
  const why = level === 'error' && { error: describeError(thrown) };
  const pages = isMetric ? toEmf(call, metrics, labels, timeMs) : NO_METRICS;
  // Object.assign takes 0.2 us here, and a spread 5 us, because every page has different field names.
  for (const { fields: ofPage, members } of pages) {
    // A metric may be called `__proto__`; other lines are written faster with a prototype.
    const line: object = Object.hasOwn(ofPage, '__proto__') ? Object.create(null) : {};
    writeLine(Object.assign(line, { level }, fields, why, ofPage), members);
  }
}

const NO_METRICS: readonly EmfPage[] = [{ fields: {} }];

function fieldsOf(
  { call, request, invocation, unitId, response, error, timeMs, fields }: LoggedCall,
  { LOG_PAYLOADS }: Config,
): Record<string, unknown> {
  return {
    message: error === undefined ? 'the call succeeded' : 'the call failed',
    timestamp: new Date(timeMs).toISOString(),
    puid: invocation.puid,
    requestId: invocation.requestId,
    unit: unitId,
    method: call.method,
    path: request.path.slice(0, MAX_CHARACTERS),
    status: call.status,
    ...(error && { reason: error.reason, info: infoForLog(error, LOG_PAYLOADS) }),
    duration: Math.round(call.durationMs * 1000) / 1000,
    coldStart: invocation.isColdStart,
    ...fields?.(error),
    ...(LOG_PAYLOADS && { request: shorten(request.body), response: shorten(response?.body) }),
  };
}

/** Of a path or a payload. */
const MAX_CHARACTERS = 1024;

/** Shortens a payload to 1,024 characters. Headers are never logged. */
function shorten(body: string | Uint8Array | undefined): string | undefined {
  const start = body?.slice(0, MAX_CHARACTERS);
  return start instanceof Uint8Array ? Buffer.from(start).toString() : start;
}
