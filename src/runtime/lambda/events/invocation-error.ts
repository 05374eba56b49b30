import type { HttpResponse } from '../../http/request.ts';
import { stringify, toJsonValue } from '../../json/write-json.ts';
import { isRecord } from '../../objects.ts';
import { parseJson } from '../../parse-json.ts';

/**
 * Makes the error that a function throws when its caller does not use HTTP.
 *
 * Lambda reports the error's name as errorType. A state machine compares it with its ErrorEquals.
 */
export function toError(response: HttpResponse): Error {
  const { reason, info } = factsOf(response);
  const name = typeof reason === 'string' && reason !== '' ? reason : `HTTP_${response.status}`;
  const value = toJsonValue(info, 'the error');
  const message = typeof value === 'string' ? value : stringify(value);
  // The stack frames of this project would not help the caller.
  return Object.assign(new Error(message), { name, stack: `${name}: ${message}` });
}

/**
 * The reason and the info of an error. In a body that a model wrote itself, they are read from the fields
 * where Seldon has them.
 */
function factsOf({ error, body }: HttpResponse): { readonly reason?: unknown; readonly info: unknown } {
  const text = textOf(body);
  if (error !== undefined && error.body == null) {
    return { reason: error.reason, info: error.info === undefined ? text : error.info };
  }
  const json = parseJson(text);
  const status = isRecord(json) && isRecord(json.status) ? json.status : {};
  return { reason: status.reason, info: status.info === undefined ? text : status.info };
}

/** Converts a body to text. */
export function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString();
}
