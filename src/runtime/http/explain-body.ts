import { badData } from '../errors.ts';
import { explainJson } from '../json/explain-json.ts';
import { show } from '../show.ts';
import { mediaTypeOf } from './media-type.ts';
import type { HttpRequest } from './request.ts';

/** A request without JSON that can be read. */
interface Unread {
  /** The text that was read: a field `json`, or the body if its content type is JSON; empty without one. */
  readonly text: string | Uint8Array | undefined;
  readonly isField: boolean;
  /** A second value of the field. */
  readonly another: string | undefined;
  /** The error of reading `text`; undefined: it was not read. */
  readonly cause: unknown;
}

/** Makes the error that says why a request has no JSON. The first words are those of the reference. */
export function explainBody(request: HttpRequest, { text = '', isField, another, cause }: Unread): unknown {
  if (another !== undefined) {
    return badData('the field json is there more than once');
  }
  if (cause !== undefined) {
    return explainJson(text, cause, isField ? 'the field json is not JSON' : undefined);
  }
  return badData(`Can't find JSON in data: ${whyNone(request)}`);
}

function whyNone({ method, body, headers }: HttpRequest): string {
  if (method === '') {
    return 'there is no message';
  }
  if (!body?.length) {
    return method === 'GET' ? 'expected the query value json' : 'the body is empty';
  }
  const mediaType = mediaTypeOf(headers);
  if (mediaType === 'application/x-www-form-urlencoded') {
    return 'expected the form field json';
  }
  const expected = 'expected application/json, multipart/form-data or application/x-www-form-urlencoded';
  return mediaType === ''
    ? `the header content-type is missing; ${expected}`
    : `the content type is ${show(mediaType)}; ${expected}`;
}
