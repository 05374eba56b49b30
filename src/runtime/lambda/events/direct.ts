import { toBase64 } from '../../base64.ts';
import type { HttpResponse } from '../../http/request.ts';
import { checkDepth } from '../../json/depth.ts';
import { mayHaveLongInteger } from '../../json/long-integer.ts';
import { parseJson } from '../../parse-json.ts';
import { type EventAdapter, single } from './adapter.ts';
import { LAMBDA_MAX_RESPONSE_BYTES } from './event-body.ts';
import { textOf, toError } from './invocation-error.ts';

/**
 * A direct invocation (SDK, Step Functions, another function): the event is the message itself.
 *
 * It matches every event that no other source matches, so it has to know the others.
 */
export function directUnless(others: readonly EventAdapter[]): EventAdapter {
  return single({
    source: 'direct',
    maxResponseBytes: LAMBDA_MAX_RESPONSE_BYTES,
    matches: (event) => !others.some((other) => other.matches(event)),
    // Checked here: what logs a message, or makes bytes of it, cannot write one that is nested too deep.
    toRequest: (event) => ({ method: '', path: '', query: {}, headers: {}, message: checkDepth(event) }),
    toResult(response) {
      if (response.status >= 400) {
        throw toError(response);
      }
      return toAnswer(response);
    },
  });
}

function toAnswer({ headers, body }: HttpResponse): unknown {
  if (body.length === 0) {
    return null;
  }
  const json = headers['content-type']?.startsWith('application/json') ? toJson(textOf(body)) : undefined;
  if (json !== undefined) {
    return json;
  }
  return typeof body === 'string' ? body : toBase64(body);
}

/** The value of a JSON text, with all digits of its integers; undefined for a text that is not JSON. */
function toJson(text: string): unknown {
  return mayHaveLongInteger(text) && parseJson(text) !== undefined
    ? import('../../json/exact-numbers.ts').then((exact) => exact.parseForResult(text))
    : parseJson(text);
}
