import type { Config } from '../config.ts';
import { badData, isHttpStatus } from '../errors.ts';
import { jsonResponse } from '../http/request.ts';
import { stringify, toJsonValue } from '../json/write-json.ts';
import type { Metric } from '../model/message.ts';
import type { MethodName } from '../model/model.ts';
import { SeldonResponse } from '../model/seldon-response.ts';
import { isPlainObject } from '../objects.ts';
import { kindOf, show } from '../show.ts';
import { callRaw } from '../unit/call.ts';
import type { CallFacts } from '../unit/call-facts.ts';
import type { Ready } from '../unit/unit.ts';
import { toMetrics } from './model-metrics.ts';
import type { Outcome } from './outcome.ts';
import { withOwn } from './own-response.ts';
import { returnedNothing } from './payload.ts';

interface RawSpec {
  readonly method: MethodName;
  readonly isPredict?: boolean;
  readonly failureStatus?: number;
}

/** Methods that need not return anything. */
const MAY_RETURN_NOTHING: readonly MethodName[] = ['sendFeedback', 'healthStatus'];

/**
 * Makes the outcome of a raw method. Its result is the answer, and the metrics in its meta are recorded.
 * Without INCLUDE_METRICS_IN_CLIENT_RESPONSE, these metrics are removed from the answer. A SeldonResponse of
 * a message gives headers and a status to it.
 *
 * @throws Error when the method returned undefined, or when the meta of its message is not an object.
 */
export function respondRaw({ method, isPredict }: RawSpec, returned: unknown, config: Config): Outcome {
  const own = ownOf(method, returned);
  let answer = own === undefined ? returned : own.data;
  if (answer === undefined && !MAY_RETURN_NOTHING.includes(method)) {
    throw returnedNothing(`${method}Raw`);
  }
  if (answer instanceof Uint8Array) {
    throw new Error(`${method}Raw returned ${kindOf(answer)}; expected a message`);
  }
  answer ??= null;
  let recorded: readonly Metric[] = [];
  if (isPlainObject(answer) && answer.meta !== undefined) {
    if (!isPlainObject(answer.meta)) {
      throw new Error(`${method}Raw returned meta ${show(answer.meta)}; expected an object`);
    }
    const { metrics, ...meta } = answer.meta;
    if (metrics !== undefined) {
      recorded = toMetrics(metrics, 'COUNTER');
    }
    if (!config.INCLUDE_METRICS_IN_CLIENT_RESPONSE) {
      answer = { ...answer, meta };
    }
  }
  const text = stringify(toJsonValue(answer, `the result of ${method}Raw`));
  const response = jsonResponse(text, isPredict ? statusOf(answer) : 200);
  return { response: own === undefined ? response : withOwn(response, own), metrics: recorded };
}

function ownOf(method: MethodName, returned: unknown): SeldonResponse | undefined {
  if (!(returned instanceof SeldonResponse)) {
    return undefined;
  }
  if (returned.tags != null || returned.metrics != null) {
    throw new Error(
      `${method}Raw returned a SeldonResponse with tags or metrics; expected them in the message's meta`,
    );
  }
  return returned;
}

/**
 * Gives the request's bytes to the raw method, for PAYLOAD_PASSTHROUGH. Text and bytes that it returns are
 * sent unchanged, any other value as JSON.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the model has no raw method.
 */
export async function passThrough(
  spec: RawSpec,
  ready: Ready,
  { bytes, facts }: { readonly bytes: Uint8Array; readonly facts: CallFacts },
  config: Config,
): Promise<Outcome> {
  const raw = await callRaw(spec, ready, () => [bytes], facts);
  if (raw === undefined) {
    throw badData(
      `Invalid request data type: ${bytes.length} bytes; PAYLOAD_PASSTHROUGH needs a model with ${spec.method}Raw`,
    );
  }
  const { returned } = raw;
  const own = ownOf(spec.method, returned);
  const body = own === undefined ? returned : own.data;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    return respondRaw(spec, returned, config);
  }
  const response = { ...jsonResponse(body), isOpaque: true };
  return { response: own === undefined ? response : withOwn(response, own), metrics: [] };
}

/** The HTTP status in `status.code` of an answer; 200 when the answer has none. */
function statusOf(answer: unknown): number {
  const code = isPlainObject(answer) && isPlainObject(answer.status) ? answer.status.code : undefined;
  if (code === undefined || code === null) {
    return 200;
  }
  const status = typeof code === 'string' && code.trim() !== '' ? Number(code) : code;
  if (isHttpStatus(status)) {
    return status;
  }
  throw new Error(`the answer's status.code is ${show(code)}; expected an HTTP status from 200 to 599`);
}
