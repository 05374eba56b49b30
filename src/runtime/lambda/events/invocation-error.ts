import type { HttpResponse } from '../../http/request.ts';
import { isRecord } from '../../objects.ts';

/**
 * What a function throws where no caller speaks HTTP.
 *
 * Lambda reports an error's name as errorType, which is what a state machine's ErrorEquals compares.
 */
export function toError({ status, body }: HttpResponse): Error {
  const text = textOf(body);
  const { reason, info = text } = readStatus(text);
  const name = typeof reason === 'string' && reason !== '' ? reason : `HTTP_${status}`;
  const message = typeof info === 'string' ? info : JSON.stringify(info);
  // Our own frames would tell the caller nothing.
  return Object.assign(new Error(message), { name, stack: `${name}: ${message}` });
}

function readStatus(text: string): Record<string, unknown> {
  const body = parseJson(text);
  return isRecord(body) && isRecord(body.status) ? body.status : {};
}

/** undefined: no JSON. A model that passes its payload through may say JSON and send something else. */
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
