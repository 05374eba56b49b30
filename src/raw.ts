import { readBytes } from './body.ts';
import type { Config } from './config.ts';
import { callRaw, readyModel } from './dispatch.ts';
import { badData } from './errors.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from './http.ts';
import { isPlainObject, stringify, toJsonValue } from './json-value.ts';
import { recordMetrics, toMetrics } from './metrics.ts';
import type { MethodName } from './model.ts';

interface RawSpec {
  readonly method: MethodName;
  readonly metricTag: string;
  readonly isPredict?: boolean;
  readonly failureStatus?: number;
}

/** The response of a raw method: what it returned, as it is; its metrics are recorded. */
export function respondRaw(
  { method, metricTag, isPredict }: RawSpec,
  returned: unknown,
  config: Config,
): HttpResponse {
  let answer = returned ?? null;
  if (isPlainObject(answer) && answer.meta !== undefined) {
    if (!isPlainObject(answer.meta))
      throw new Error(`${method}Raw answered meta ${JSON.stringify(answer.meta)}; expected an object`);
    const { metrics, ...meta } = answer.meta;
    if (metrics !== undefined) recordMetrics(toMetrics(metrics, 'COUNTER'), metricTag);
    if (!config.INCLUDE_METRICS_IN_CLIENT_RESPONSE) answer = { ...answer, meta };
  }
  return jsonResponse(
    stringify(toJsonValue(answer, `what ${method}Raw returned`)),
    isPredict ? statusOf(answer) : 200,
  );
}

/**
 * PAYLOAD_PASSTHROUGH: the request's bytes go to the raw method; text and bytes it returns are sent as they are, an
 * object as JSON.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the model has no raw method.
 */
export async function passThrough(
  spec: RawSpec,
  request: HttpRequest,
  config: Config,
): Promise<HttpResponse> {
  const bytes = await readBytes(request);
  const raw = await callRaw(spec, await readyModel(spec), [bytes]);
  if (raw === undefined) {
    throw badData(
      `Invalid request data type: ${bytes.length} bytes; PAYLOAD_PASSTHROUGH needs a model with ${spec.method}Raw`,
    );
  }
  const { returned } = raw;
  if (typeof returned === 'string' || returned instanceof Uint8Array) return jsonResponse(returned);
  return respondRaw(spec, returned, config);
}

/** The HTTP status that an answer names in `status.code`; 200 when it names none. */
function statusOf(answer: unknown): number {
  const code = isPlainObject(answer) && isPlainObject(answer.status) ? answer.status.code : undefined;
  if (code === undefined || code === null) return 200;
  const status = typeof code === 'string' && code.trim() !== '' ? Number(code) : code;
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new Error(
    `the answer's status.code is ${JSON.stringify(code)}; expected an HTTP status from 200 to 599`,
  );
}
