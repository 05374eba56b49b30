import { logCall } from './call-log.ts';
import type { Config } from './config.ts';
import { SeldonError, toSeldonError } from './errors.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import type { Invocation } from './invocation.ts';
import { counter } from './metric.ts';
import { recordCall, recordMetrics } from './metrics.ts';
import { flushWhenDue } from './metrics-flush.ts';
import type { Outcome } from './outcome.ts';
import { tracedCall } from './trace.ts';

/** Paths for callers from outside; an orchestrator calls `/predict` and `/send-feedback`, and counts by itself. */
const EXTERNAL = /\/api\/v[\d.]+\/(predictions|feedback)$/;
const PATHS: Readonly<Record<string, string>> = { predictions: '/predict', feedback: '/send-feedback' };

/** Payloads that did not arrive at PAYLOAD_LOG_URL. */
const UNLOGGED = 'seldon_lambda_payload_log_failures';

/** Runs a call of a method; it is counted and logged, with the metrics that it came to, before it is answered. */
export async function observeCall(
  method: string,
  request: HttpRequest,
  config: Config,
  invocation: Invocation,
  run: () => Promise<Outcome>,
): Promise<HttpResponse> {
  // Not `performance`: its first use loads a part of node, 0.6 ms of a cold start.
  const start = process.hrtime.bigint();
  const { puid, requestId, isColdStart } = invocation;
  const attributes = {
    'seldon.puid': puid,
    'faas.invocation_id': requestId,
    'faas.coldstart': isColdStart,
    'url.path': request.path,
  };
  const ended = await toEnd(() => tracedCall(`seldon ${method}`, request.headers, attributes, run));
  const { response, metrics = [], error } = ended;
  const status = error?.status ?? response?.status ?? 500;
  const call = {
    method,
    status,
    durationMs: Number(process.hrtime.bigint() - start) / 1e6,
    external: externalOf(request),
  };
  const unlogged = await logPayloads(method, request, response, config, invocation);
  const counted = unlogged > 0 ? [...metrics, counter(UNLOGGED, unlogged)] : metrics;
  const timeMs = Date.now();
  recordMetrics(counted, method, timeMs);
  recordCall(call);
  logCall({ ...call, ...ended, request, response, error, metrics: counted, timeMs }, config, invocation);
  await flushWhenDue(config, invocation);
  return ended.response ?? rethrow(ended.error);
}

/** How many payloads could not be sent to PAYLOAD_LOG_URL; its code is not loaded without one. */
async function logPayloads(
  ...call: Parameters<typeof import('./payload-log.ts').logPayloads>
): Promise<number> {
  const [, , , { PAYLOAD_LOG_URL }] = call;
  return PAYLOAD_LOG_URL ? (await import('./payload-log.ts')).logPayloads(...call) : 0;
}

type Ended =
  | (Outcome & { readonly error?: undefined })
  | {
      readonly response?: undefined;
      readonly metrics?: undefined;
      readonly error: SeldonError;
      readonly thrown: unknown;
    };

async function toEnd(run: () => Promise<Outcome>): Promise<Ended> {
  try {
    return await run();
  } catch (thrown) {
    return { error: toSeldonError(thrown), thrown };
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
