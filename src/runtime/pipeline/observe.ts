import { monotonicMs } from '../clock.ts';
import type { Config } from '../config.ts';
import { SeldonError, toSeldonError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import type { Invocation } from '../invocation.ts';
import { counter } from '../model/metric.ts';
import { logCall } from '../telemetry/call-log.ts';
import { flush, isFlushDue } from '../telemetry/metrics/flush.ts';
import { type Call, recordCall, recordMetrics } from '../telemetry/metrics/registry.ts';
import { tracedCall } from '../telemetry/trace.ts';
import type { Outcome } from './outcome.ts';

/**
 * Paths for callers from outside; an orchestrator calls `/predict` and `/send-feedback`, and counts by
 * itself.
 */
const EXTERNAL = /\/api\/v[\d.]+\/(predictions|feedback)$/;
const PATHS: Readonly<Record<string, string>> = { predictions: '/predict', feedback: '/send-feedback' };

/** Payloads that did not arrive at PAYLOAD_LOG_URL. */
const UNLOGGED = 'seldon_lambda_payload_log_failures';

/**
 * Runs a call of a method; it is counted and logged, with the metrics that it came to, before it is answered.
 */
export async function observeCall(
  method: string,
  request: HttpRequest,
  config: Config,
  invocation: Invocation,
  run: () => Promise<Outcome>,
): Promise<HttpResponse> {
  const start = monotonicMs();
  const { puid, requestId, isColdStart } = invocation;
  const attributes = {
    'seldon.puid': puid,
    'faas.invocation_id': requestId,
    'faas.coldstart': isColdStart,
    'url.path': request.path,
  };
  const { outcome, error, thrown } = await toEnd(() =>
    tracedCall(`seldon ${method}`, request.headers, attributes, run),
  );
  const response = outcome?.response;
  const call: Call = {
    method,
    status: error?.status ?? response?.status ?? 500,
    durationMs: monotonicMs() - start,
    external: externalOf(request),
  };
  let metrics = outcome?.metrics ?? [];
  if (config.PAYLOAD_LOG_URL) {
    // Its code is not loaded without.
    const { logPayloads } = await import('../telemetry/payload-log/payload-log.ts');
    const unlogged = await logPayloads(method, request, response, config, invocation);
    if (unlogged > 0) {
      metrics = [...metrics, counter(UNLOGGED, unlogged)];
    }
  }
  const timeMs = Date.now();
  recordMetrics(metrics, method, timeMs);
  recordCall(call);
  logCall({ call, request, response, error, thrown, metrics, timeMs }, config, invocation);
  if (isFlushDue(config)) {
    await flush(config, invocation);
  }
  return response ?? rethrow(error as SeldonError);
}

/** A call has an outcome or an error, which was made of what was thrown. */
interface Ended {
  readonly outcome: Outcome | undefined;
  readonly error: SeldonError | undefined;
  readonly thrown: unknown;
}

async function toEnd(run: () => Promise<Outcome>): Promise<Ended> {
  try {
    return { outcome: await run(), error: undefined, thrown: undefined };
  } catch (thrown) {
    return { outcome: undefined, error: toSeldonError(thrown), thrown };
  }
}

/** As it was, but for the log, which has it now. */
function rethrow({ reason, info, status, headers, body, cause }: SeldonError): never {
  throw new SeldonError(reason, info, { status, headers, body, cause, isLogged: true });
}

function externalOf({ path }: HttpRequest): { readonly service: string; readonly path: string } | undefined {
  const service = EXTERNAL.exec(path)?.[1];
  return service === undefined ? undefined : { service, path: PATHS[service] as string };
}
