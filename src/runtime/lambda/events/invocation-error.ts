import type { HttpResponse } from '../../http/request.ts';
import { stringify, toJsonValue } from '../../json/write-json.ts';
import { isRecord } from '../../objects.ts';

/**
 * The error that a function throws where no caller speaks HTTP.
 *
 * Lambda reports an error's name as errorType, which is what a state machine's ErrorEquals compares.
 */
export function toError(response: HttpResponse): Error {
  const { reason, info } = factsOf(response);
  const name = typeof reason === 'string' && reason !== '' ? reason : `HTTP_${response.status}`;
  const message = typeof info === 'string' ? info : stringify(toJsonValue(info, 'the error'));
  // Our own frames would tell the caller nothing.
  return Object.assign(new Error(message), { name, stack: `${name}: ${message}` });
}

/** Reason and info of an error; of a body that a model wrote itself, what stands where Seldon has them. */
function factsOf({ error, body }: HttpResponse): { readonly reason?: unknown; readonly info: unknown } {
  if (error !== undefined && error.body === undefined) {
    return { reason: error.reason, info: error.info ?? textOf(body) };
  }
  const text = textOf(body);
  const json = parseJson(text);
  const status = isRecord(json) && isRecord(json.status) ? json.status : {};
  return { reason: status.reason, info: status.info ?? text };
}

/** undefined: not JSON. A model that passes its payload through may say JSON and send something else. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A body as text. */
export function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString();
}
