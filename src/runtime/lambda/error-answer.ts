import { SeldonError, toSeldonError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import type { Instance } from '../instance/instance.ts';
import type { Invocation } from '../invocation.ts';
import { stringify, toJsonValue } from '../json/write-json.ts';
import { infoForLog } from '../log.ts';
import { protocols } from '../protocols/index.ts';
import { toResponse } from '../protocols/reply.ts';
import { textOf } from './events/invocation-error.ts';
import { fitResponse } from './fit-response.ts';

/** A character takes at most 6 bytes, so this is well below the 1 MB of a load balancer. */
const MAX_INFO_CHARACTERS = 100_000;
const MAX_PATH_CHARACTERS = 1024;

/** A failed request: the value that was thrown, and the request if it could be read. */
export interface Failure {
  readonly thrown: unknown;
  /** Undefined when the event could not be read. */
  readonly request: HttpRequest | undefined;
  readonly invocation: Invocation;
}

/**
 * Makes the answer to a failed request, in the form of its protocol. Logs the error unless it has been
 * logged.
 */
export async function errorAnswer(
  { thrown, request, invocation }: Failure,
  { config, log }: Instance,
): Promise<HttpResponse> {
  const error = toSeldonError(thrown);
  const { status, reason, headers } = error;
  if (!error.isLogged) {
    const { puid, requestId, isColdStart } = invocation;
    const info = infoForLog(error, config.LOG_PAYLOADS);
    const path = request?.path.slice(0, MAX_PATH_CHARACTERS);
    const fields = { status, reason, info, path, puid, requestId, coldStart: isColdStart };
    const isOurs = status >= 500;
    log[isOurs ? 'error' : 'info']('the call failed', fields, isOurs ? thrown : undefined);
  }
  const isHidden = reason === 'MICROSERVICE_INTERNAL_ERROR' && config.HIDE_INTERNAL_ERRORS;
  const shown = isHidden
    ? new SeldonError(reason, 'internal error; the log has more', { status, headers })
    : error;
  const response = await encodeError(shown, request);
  return request?.method === 'HEAD' ? { ...response, body: '' } : response;
}

/**
 * Makes the answer to a failed request fit within the event source's size limit. If a model's own error
 * answer is too long, its body is replaced; its status stays.
 */
export async function fitErrorAnswer(
  response: HttpResponse,
  request: HttpRequest | undefined,
  maxBytes: number,
): Promise<HttpResponse> {
  const { headers } = request ?? NO_REQUEST;
  const uncompressed = { COMPRESS_MIN_BYTES: Number.POSITIVE_INFINITY };
  try {
    return await fitResponse(response, { headers }, maxBytes, uncompressed);
  } catch (thrown) {
    const { body, error } = await encodeError(toSeldonError(thrown), request);
    return { ...response, body, ...(error === undefined ? {} : { error }) };
  }
}

async function encodeError(error: SeldonError, request = NO_REQUEST): Promise<HttpResponse> {
  let headers: SeldonError['headers'] = {};
  try {
    headers = await headersOf(error);
    return answerOf(cut(error), headers, request);
  } catch (cause) {
    const why = `the error cannot be answered: ${toSeldonError(cause).message}`;
    const { status } = error;
    // A failing health check stays 503.
    const options = { status: status >= 500 ? status : 500 };
    return answerOf(new SeldonError('MICROSERVICE_INTERNAL_ERROR', why, options), headers, request);
  }
}

/** The headers of an error, names in lower case. Few errors have any. */
async function headersOf({ headers }: SeldonError): Promise<SeldonError['headers']> {
  return Object.keys(headers).length === 0 && !(Symbol.iterator in headers)
    ? headers
    : (await import('../http/own-headers.ts')).readOwnHeaders(headers);
}

function answerOf(error: SeldonError, headers: SeldonError['headers'], request: HttpRequest): HttpResponse {
  const { body } = error;
  const reply =
    body == null
      ? protocols.of(request).encodeError(error)
      : { body: body instanceof Uint8Array ? textOf(body) : stringify(toJsonValue(body, 'the error')) };
  const response = toResponse(reply, error.status);
  return { ...response, headers: { ...response.headers, ...headers }, error };
}

/** Shortens the text of an error so that it fits into any answer. */
function cut(error: SeldonError): SeldonError {
  const { message, body } = error;
  if (body != null || message.length <= MAX_INFO_CHARACTERS) {
    return error;
  }
  const info = `${message.slice(0, MAX_INFO_CHARACTERS)}... (${message.length} characters)`;
  return error.with({ info });
}

const NO_REQUEST: HttpRequest = { method: '', path: '', query: {}, headers: {} };
