import type { Context } from 'aws-lambda';
import { config, usableConfig } from '../config.ts';
import { SeldonError, toSeldonError } from '../errors.ts';
import { corsHeaders } from '../http/cors.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/request.ts';
import { answerRoute } from '../http/router.ts';
import { type Invocation, toInvocation } from '../invocation.ts';
import { stringify, toJsonValue } from '../json/write-json.ts';
import { log, setLogLevel } from '../log.ts';
import type { MethodName } from '../model/model.ts';
import { type MethodSpec, methodEndpoint } from '../pipeline/pipeline.ts';
import { protocolFor } from '../protocols/index.ts';
import type { RequestKind } from '../protocols/protocol.ts';
import { openTraces } from '../telemetry/trace.ts';
import { loadModel } from '../unit/load.ts';
import { adapterFor } from './events/index.ts';
import { fitResponse } from './fit-response.ts';

/** What AWS calls. `Promise` only: the current runtime refuses callbacks. */
export type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** The handler of a function that calls one method of the model. */
export function createMethodHandler<M extends MethodName, K extends RequestKind>(
  spec: MethodSpec<M, K>,
  ...others: Endpoint[]
): Promise<Handler> {
  return createHandler(methodEndpoint(spec), ...others);
}

/**
 * The handler of a function that answers `endpoints`, from any event source.
 *
 * Resolves at once, or, with MODEL_PRELOAD or provisioned concurrency, when the model has been loaded; a
 * failure then is answered, and tried again, at the first call.
 */
export async function createHandler(...endpoints: Endpoint[]): Promise<Handler> {
  const settings = usableConfig();
  setLogLevel(settings?.SELDON_LOG_LEVEL ?? settings?.AWS_LAMBDA_LOG_LEVEL ?? 'info');
  await openTraces();
  // With a broken configuration, every call answers what is wrong with it.
  const isPreloaded =
    settings?.MODEL_PRELOAD || settings?.AWS_LAMBDA_INITIALIZATION_TYPE === 'provisioned-concurrency';
  if (isPreloaded && endpoints.some(({ usesModel }) => usesModel)) {
    await loadModel().catch(() => undefined);
  }
  let isColdStart = settings?.AWS_LAMBDA_INITIALIZATION_TYPE !== 'provisioned-concurrency';
  return (event, context) => {
    const isFirst = isColdStart;
    isColdStart = false;
    return handle(endpoints, event, context, isFirst);
  };
}

async function handle(
  endpoints: readonly Endpoint[],
  event: unknown,
  context: Context,
  isColdStart: boolean,
): Promise<unknown> {
  const adapter = adapterFor(event);
  let invocation = toInvocation(context, {}, isColdStart);
  let request: HttpRequest | undefined;
  let response: HttpResponse;
  try {
    request = adapter.toRequest(event);
    invocation = toInvocation(context, request.headers, isColdStart);
    const answer = request.isWarmUp
      ? await warmUp(endpoints)
      : await answerRoute(endpoints, request, config(), invocation);
    response = await fitResponse(
      withHeaders(answer, request, invocation),
      request,
      adapter.maxResponseBytes,
      config(),
    );
  } catch (thrown) {
    const error = errorResponse(thrown, request, invocation);
    response = await fitError(withHeaders(error, request, invocation), request, adapter.maxResponseBytes);
  }
  return adapter.toResult(response, event);
}

/** Loads what the next call will need. No method of the model is called, and nothing is counted. */
async function warmUp(endpoints: readonly Endpoint[]): Promise<HttpResponse> {
  if (endpoints.some(({ usesModel }) => usesModel)) {
    await loadModel();
  }
  return { status: 204, headers: {}, body: '' };
}

/**
 * Whatever was thrown, as the answer of section "Errors" of the protocol; logged here unless it was logged
 * before.
 */
function errorResponse(
  thrown: unknown,
  request: HttpRequest | undefined,
  { puid, requestId, isColdStart }: Invocation,
): HttpResponse {
  const error = toSeldonError(thrown);
  const { status, reason, info, headers } = error;
  const isOurs = status >= 500;
  const path = request?.path;
  const fields = { status, reason, info, path, puid, requestId, coldStart: isColdStart };
  if (!error.isLogged) {
    log(isOurs ? 'error' : 'info', 'the call failed', fields, isOurs ? thrown : undefined);
  }
  const hidden = reason === 'MICROSERVICE_INTERNAL_ERROR' && usableConfig()?.HIDE_INTERNAL_ERRORS;
  const shown = hidden ? new SeldonError(reason, 'internal error; the log has more', { status }) : error;
  const response = toErrorResponse(shown, request);
  const answer = { ...response, headers: { ...response.headers, ...headers } };
  return request?.method === 'HEAD' ? { ...answer, body: '' } : answer;
}

function toErrorResponse(error: SeldonError, request = NO_REQUEST): HttpResponse {
  const { encodeError } = protocolFor(request);
  try {
    return jsonResponse(
      stringify(toJsonValue(error.body ?? encodeError(cut(error)), 'the error')),
      error.status,
    );
  } catch (cause) {
    const why = `an error that JSON cannot carry: ${toSeldonError(cause).message}`;
    return jsonResponse(stringify(encodeError(new SeldonError('MICROSERVICE_INTERNAL_ERROR', why))), 500);
  }
}

/** `error` with a text that fits into any answer. */
function cut(error: SeldonError): SeldonError {
  const { reason, message, status } = error;
  if (message.length <= MAX_INFO_CHARACTERS) {
    return error;
  }
  const shown = `${message.slice(0, MAX_INFO_CHARACTERS)}... (${message.length} characters)`;
  return new SeldonError(reason, shown, { status });
}

/** Six bytes each at most: well below the 1 MB of a load balancer. */
const MAX_INFO_CHARACTERS = 100_000;

/** A model's own error answer may be too long to be delivered; its status is kept. */
async function fitError(
  response: HttpResponse,
  request = NO_REQUEST,
  maxBytes: number,
): Promise<HttpResponse> {
  try {
    return await fitResponse(response, request, maxBytes, { COMPRESS_MIN_BYTES: Number.POSITIVE_INFINITY });
  } catch (thrown) {
    const { body } = toErrorResponse(toSeldonError(thrown), request);
    return { ...response, body };
  }
}

const NO_REQUEST: HttpRequest = { method: '', path: '', query: {}, headers: {} };

/** CORS, and the request's id: the caller's, or else the invocation's. */
function withHeaders(
  response: HttpResponse,
  request: HttpRequest | undefined,
  { puid }: Invocation,
): HttpResponse {
  const cors = corsHeaders(request, usableConfig() ?? { CORS_ALLOWED_ORIGINS: ['*'] });
  // Not spread into a literal, which takes 1 us here.
  const headers: Record<string, string> = Object.assign({}, response.headers, cors);
  if (puid !== undefined) {
    headers['seldon-puid'] = puid;
  }
  return { ...response, headers };
}
