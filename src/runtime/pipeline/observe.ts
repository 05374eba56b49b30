import { monotonicMs } from '../clock.ts';
import { type SeldonError, toSeldonError } from '../errors.ts';
import { decompressed, withText } from '../http/body.ts';
import type { HttpResponse } from '../http/request.ts';
import type { CallContext } from '../instance/endpoint.ts';
import { counter } from '../model/metric.ts';
import { hasSeveralModels } from '../model/model-scope.ts';
import { type LoggedCall, logCall } from '../telemetry/call-log.ts';
import type { FinishedCall } from '../telemetry/metrics/registry.ts';
import type { Outcome } from './outcome.ts';

/** The path of the method that the orchestrator would have called, by service. */
const METHOD_PATHS = { predictions: '/predict', feedback: '/send-feedback' } as const;

/** Counts payloads that did not arrive at PAYLOAD_LOG_URL. */
const UNLOGGED = 'seldon_lambda_payload_log_failures';

/** What a call is counted and logged as. */
export interface Subject {
  readonly labels: Readonly<Record<string, string>>;
  readonly external: FinishedCall['external'];
  /** The id of the unit in the log; undefined: it would say nothing. */
  readonly unitId: string | undefined;
  /** Whether it is a graph: its units count their metrics and log their payloads themselves. */
  readonly isGraph?: boolean;
  /** Further fields of the line in the log, when the call has ended. */
  readonly fields?: LoggedCall['fields'];
}

/**
 * Runs a call of a method. The call and its metrics are counted and logged before it is answered.
 *
 * @param run - gets the context with the body decompressed, which is done once for the method and the logs.
 * @param subject - default: the unit.
 */
export async function observeCall(
  method: string,
  given: CallContext,
  run: (context: CallContext) => Promise<Outcome>,
  subject: Subject = unitOf(given),
): Promise<HttpResponse> {
  const start = monotonicMs();
  const { invocation, instance } = given;
  const { config } = instance;
  const { labels, external, unitId, isGraph } = subject;
  const logsPayloads = config.PAYLOAD_LOG_URL !== undefined && config.PAYLOAD_LOG_URL !== '' && !isGraph;
  /** As the logs get it. */
  let { request } = given;
  const runPlain = () => {
    const isLogged = config.LOG_PAYLOADS || logsPayloads;
    if (request.message !== undefined && isLogged) {
      // Written before the call: the model may change the message.
      request = withText(request);
      return run(given);
    }
    const plain = decompressed(request, config.MAX_DECOMPRESSED_BYTES);
    if (!(plain instanceof Promise)) {
      request = isLogged && given.protocol.mayViewBody ? structuredClone(plain) : plain;
      return run(given);
    }
    return plain.then((decoded) => {
      request = isLogged && given.protocol.mayViewBody ? structuredClone(decoded) : decoded;
      return run({ ...given, request: decoded });
    });
  };
  const { outcome, fitted, error, thrown } = await toEnd(given, () => traced(method, given, runPlain));
  // The logs get the response as it was before it was compressed.
  const response = error === undefined ? outcome?.response : undefined;
  const call: FinishedCall = {
    method,
    status: error?.status ?? response?.status ?? 500,
    durationMs: monotonicMs() - start,
    external,
  };
  let metrics = outcome?.metrics ?? [];
  const unlogged = logsPayloads ? await logPayloads(method, { ...given, request }, response) : 0;
  if (unlogged > 0) {
    metrics = [...metrics, counter(UNLOGGED, unlogged)];
  }
  const timeMs = Date.now();
  instance.metrics.record(call, isGraph ? [] : metrics, labels, timeMs);
  const logged = {
    call,
    request,
    invocation,
    unitId,
    response,
    error,
    thrown,
    metrics,
    labels,
    timeMs,
    fields: subject.fields,
  };
  logCall(logged, instance);
  const flushing = instance.metrics.flushIfDue(invocation);
  if (flushing !== undefined) {
    await flushing;
  }
  if (error !== undefined) {
    // Rethrown, marked as logged.
    throw error.with({ isLogged: true });
  }
  return fitted as HttpResponse;
}

function traced(
  method: string,
  { request, invocation, instance }: CallContext,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const { puid, requestId, isColdStart } = invocation;
  const attributes = {
    'seldon.puid': puid,
    'faas.invocation_id': requestId,
    'faas.coldstart': isColdStart,
    'url.path': request.path,
  };
  return instance.trace.call(`seldon ${method}`, { headers: request.headers, attributes }, run);
}

/** The end of a call: a response that fits, or an error that was made from `thrown`. */
interface Ended {
  /** Undefined when the method failed; there without `fitted` when only its response was too large. */
  readonly outcome: Outcome | undefined;
  readonly fitted: HttpResponse | undefined;
  readonly error: SeldonError | undefined;
  readonly thrown: unknown;
}

/**
 * Ends a call with a response that fits: one that does not is a failure, and is counted as one. The metrics
 * of its outcome count all the same, because the method has done its work.
 */
async function toEnd({ fit }: CallContext, run: () => Promise<Outcome>): Promise<Ended> {
  let outcome: Outcome | undefined;
  try {
    outcome = await run();
    const fitting = fit(outcome.response);
    // Not awaited where it is there: each await costs a small call.
    const fitted = fitting instanceof Promise ? await fitting : fitting;
    return { outcome, fitted, error: undefined, thrown: undefined };
  } catch (thrown) {
    return { outcome, fitted: undefined, error: toSeldonError(thrown), thrown };
  }
}

/**
 * Logs the payloads of a call to PAYLOAD_LOG_URL.
 *
 * @returns the number of payloads that could not be sent.
 */
async function logPayloads(
  method: string,
  { request, invocation, unit, instance }: CallContext,
  response: HttpResponse | undefined,
): Promise<number> {
  const { send } = await instance.payloadLog();
  return send({ method, request, response, invocation, unitId: unit.settings.id });
}

function unitOf({ unit, protocol, request }: CallContext): Subject {
  const service = protocol.serviceOf(request.path);
  return {
    labels: unit.labels,
    external: service === undefined ? undefined : { service, path: METHOD_PATHS[service] },
    // The id of the only unit of a process would say nothing.
    unitId: hasSeveralModels() ? unit.settings.id : undefined,
  };
}
