import { isHttpStatus } from '../errors.ts';
import { EXPOSED } from '../http/cors.ts';
import { readOwnHeaders } from '../http/own-headers.ts';
import { type HttpResponse, jsonResponse } from '../http/request.ts';
import type { SeldonResponse } from '../model/seldon-response.ts';
import { show } from '../show.ts';

/**
 * Gives a response the headers and the status of a model's SeldonResponse.
 *
 * @throws Error when one of them is wrong: the model is at fault, and nothing of its answer is sent.
 */
export function withOwn(
  response: HttpResponse,
  { headers: given, status: own }: Pick<SeldonResponse, 'headers' | 'status'>,
): HttpResponse {
  const status = own ?? response.status;
  if (!isHttpStatus(status)) {
    throw new Error(
      `the status of the SeldonResponse is ${show(status)}; expected an integer from 200 to 599`,
    );
  }
  const headers = readOwnHeaders(given ?? {});
  // The model knows what it has passed through; anything else is JSON.
  if ('content-type' in headers && response.isOpaque !== true) {
    throw new Error('header content-type cannot be set by a model: its answer is JSON');
  }
  const names = Object.keys(headers).join(', ');
  // Without this, a page of another origin could not read them.
  const exposed: HttpResponse['headers'] =
    names === '' ? {} : { 'access-control-expose-headers': `${names}, ${EXPOSED}` };
  return {
    ...response,
    ...jsonResponse(response.body, status),
    headers: { ...response.headers, ...headers, ...exposed },
  };
}
