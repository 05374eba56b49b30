import type { Context } from 'aws-lambda';
import { type Config, config } from './config.ts';
import { corsHeaders } from './cors.ts';
import { fitResponse } from './delivery.ts';
import type { Endpoint } from './endpoint.ts';
import { SeldonError, toSeldonError } from './errors.ts';
import { adapterFor } from './events/index.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from './http.ts';
import { stringify, toJsonValue } from './json-value.ts';
import { loadModel } from './loader.ts';
import { log, setLogLevel } from './log.ts';
import type { MethodName } from './model.ts';
import { type MethodSpec, methodEndpoint } from './pipeline.ts';
import { protocolFor } from './protocols/index.ts';
import type { RequestKind } from './protocols/protocol.ts';
import { answerRoute } from './routes.ts';

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
 * Resolves at once, or, with MODEL_PRELOAD or provisioned concurrency, when the model has been loaded; a failure then is
 * answered, and tried again, at the first call.
 */
export async function createHandler(...endpoints: Endpoint[]): Promise<Handler> {
  if (endpoints.some(({ usesModel }) => usesModel) && isPreloaded()) await loadModel().catch(() => undefined);
  return (event, context) => handle(endpoints, event, context);
}

function isPreloaded(): boolean {
  try {
    const { MODEL_PRELOAD, AWS_LAMBDA_INITIALIZATION_TYPE, SELDON_LOG_LEVEL, AWS_LAMBDA_LOG_LEVEL } =
      config();
    setLogLevel(SELDON_LOG_LEVEL ?? AWS_LAMBDA_LOG_LEVEL ?? 'info');
    return MODEL_PRELOAD || AWS_LAMBDA_INITIALIZATION_TYPE === 'provisioned-concurrency';
  } catch {
    // Every call answers what is wrong with the configuration.
    return false;
  }
}

async function handle(endpoints: readonly Endpoint[], event: unknown, context: Context): Promise<unknown> {
  const adapter = adapterFor(event);
  let request: HttpRequest | undefined;
  let response: HttpResponse;
  try {
    request = adapter.toRequest(event);
    response = await fitResponse(
      await answerRoute(endpoints, request, config()),
      request,
      adapter.maxResponseBytes,
      config(),
    );
  } catch (thrown) {
    response = errorResponse(thrown, request, context);
  }
  return adapter.toResult(withHeaders(response, request, context), event);
}

/** Whatever was thrown, as the answer of section "Errors" of the protocol; logged here unless it was logged before. */
function errorResponse(thrown: unknown, request: HttpRequest | undefined, context: Context): HttpResponse {
  const error = toSeldonError(thrown);
  const { status, reason, info, headers } = error;
  log(
    status >= 500 ? 'error' : 'info',
    'the call failed',
    { status, reason, info, path: request?.path, requestId: context?.awsRequestId },
    status >= 500 ? thrown : undefined,
  );
  const shown =
    reason === 'MICROSERVICE_INTERNAL_ERROR' && hidesErrors()
      ? new SeldonError(reason, 'internal error; the log has more', { status })
      : error;
  const body = shown.body ?? protocolFor(request ?? NO_REQUEST).encodeError(shown);
  const response = jsonResponse(toText(body), status);
  const answer = { ...response, headers: { ...response.headers, ...headers } };
  return request?.method === 'HEAD' ? { ...answer, body: '' } : answer;
}

const NO_REQUEST: HttpRequest = { method: '', path: '', query: {}, headers: {} };

function toText(body: unknown): string {
  try {
    return stringify(toJsonValue(body, 'the error'));
  } catch {
    return stringify(
      protocolFor(NO_REQUEST).encodeError(
        new SeldonError('MICROSERVICE_INTERNAL_ERROR', 'an error that JSON cannot carry'),
      ),
    );
  }
}

/** CORS, and the request's id: the caller's, or else the invocation's. */
function withHeaders(
  response: HttpResponse,
  request: HttpRequest | undefined,
  context: Context,
): HttpResponse {
  const puid = request?.headers['seldon-puid'] ?? context?.awsRequestId;
  const headers = {
    ...response.headers,
    ...corsHeaders(request, safely(config) ?? { CORS_ALLOWED_ORIGINS: ['*'] }),
  };
  return { ...response, headers: puid === undefined ? headers : { ...headers, 'seldon-puid': puid } };
}

function hidesErrors(): boolean {
  return safely(config)?.HIDE_INTERNAL_ERRORS ?? false;
}

function safely(read: () => Config): Config | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
