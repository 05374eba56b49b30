import { toBase64 } from '../base64.ts';
import type { HttpResponse } from '../http.ts';
import { isRecord } from '../record.ts';
import type { EventAdapter } from './adapter.ts';
import { LAMBDA_MAX_RESPONSE_BYTES } from './body.ts';

/**
 * A direct invocation (SDK, Step Functions, another function): the event is the message itself.
 *
 * It is whatever no other source claims, so it has to know them.
 */
export function directUnless(others: readonly EventAdapter[]): EventAdapter {
  return {
    source: 'direct',
    maxResponseBytes: LAMBDA_MAX_RESPONSE_BYTES,
    matches: (event) => !others.some((other) => other.matches(event)),
    toRequest: (event) => ({ method: '', path: '', query: {}, headers: {}, message: event }),
    toResult(response) {
      if (response.status >= 400) throw toError(response);
      return toAnswer(response);
    },
  };
}

function toAnswer({ headers, body }: HttpResponse): unknown {
  if (body.length === 0) return null;
  const json = headers['content-type']?.startsWith('application/json') ? parseJson(textOf(body)) : undefined;
  if (json !== undefined) return json;
  return typeof body === 'string' ? body : toBase64(body);
}

// A model that passes its payload through may say JSON and send something else.
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Lambda reports an error's name as errorType, which is what a state machine's ErrorEquals compares.
function toError({ status, body }: HttpResponse): Error {
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

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString();
}
