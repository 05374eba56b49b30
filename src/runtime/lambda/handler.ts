import type { Context } from 'aws-lambda';
import { commonHeaders } from '../http/cors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import type { Endpoint } from '../instance/endpoint.ts';
import { type Instance, thisInstance } from '../instance/instance.ts';
import { type Invocation, toInvocation } from '../invocation.ts';
import type { MethodName } from '../model/model.ts';
import { type MethodSpec, methodEndpoint } from '../pipeline/pipeline.ts';
import type { RequestKind } from '../protocols/protocol.ts';
import type { EndpointName, Routes } from '../routes.ts';
import { within } from '../time-limit.ts';
import type { Unit } from '../unit/unit.ts';
import { answerRoute, type Served, serve } from './answer-route.ts';
import { errorAnswer, type Failure, fitErrorAnswer } from './error-answer.ts';
import type { EventAdapter } from './events/adapter.ts';
import { adapterFor } from './events/index.ts';
import { fitResponse } from './fit-response.ts';

/**
 * The handler of a function. It returns a promise and takes no callback: the current runtime refuses
 * callbacks.
 */
export type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** Options of a handler. */
export interface HandlerOptions {
  /** Default: the instance of this process. */
  readonly instance?: Instance;
  /** The id of the unit to call; default: the instance's first unit. */
  readonly unit?: string;
}

/**
 * Makes the handler of a function that calls one method of the model.
 *
 * `beside`: further endpoints of the function.
 */
export function createMethodHandler<M extends MethodName, K extends RequestKind>(
  routes: EndpointName | Routes,
  spec: MethodSpec<M, K>,
  { beside = [], ...options }: HandlerOptions & { readonly beside?: readonly Endpoint[] } = {},
): Promise<Handler> {
  return createHandler([methodEndpoint(routes, spec), ...beside], options);
}

/**
 * Makes the handler of a function that answers `endpoints`, for any event source.
 *
 * Resolves at once; with MODEL_PRELOAD or provisioned concurrency, only after an attempt to load the model.
 * If that attempt fails, the first call tries again; if it fails again, the error is the answer. If it has
 * not ended when Lambda would give up, the first call goes on waiting for it.
 */
export async function createHandler(
  endpoints: readonly Endpoint[],
  { instance = thisInstance(), unit: id }: HandlerOptions = {},
): Promise<Handler> {
  const { config, mistake, trace } = instance;
  await trace.open();
  const unit = instance.unit(id);
  const served: FunctionParts = { endpoints: await serve(endpoints, config), instance, unit };
  const isProvisioned = config.AWS_LAMBDA_INITIALIZATION_TYPE === 'provisioned-concurrency';
  // With an error in the configuration, the model is not loaded: the answer to every call is that error.
  if ((config.MODEL_PRELOAD || isProvisioned) && mistake === undefined) {
    const limitMs = isProvisioned ? PROVISIONING_MS : INIT_MS;
    await within(prepare(served), limitMs, Error).catch(() => undefined);
  }
  let isColdStart = !isProvisioned;
  return (event, context) => {
    const isFirst = isColdStart;
    isColdStart = false;
    return handle(served, event, context, isFirst);
  };
}

/**
 * Shortly before Lambda ends the init of a function, which it then begins anew in the time of a call: 10 s,
 * or 130 s with provisioned concurrency.
 *
 * @see "Understanding the Lambda execution environment lifecycle", Lambda developer guide
 */
const INIT_MS = 9_000;
const PROVISIONING_MS = 120_000;

/** The parts of a function that all its calls share. */
interface FunctionParts {
  readonly endpoints: readonly Served[];
  readonly instance: Instance;
  readonly unit: Unit;
}

async function handle(
  served: FunctionParts,
  event: unknown,
  context: Context,
  isColdStart: boolean,
): Promise<unknown> {
  const adapter = adapterFor(event);
  const responses: HttpResponse[] = [];
  try {
    // Few invocations have one.
    const sent = context?.clientContext && (await import('./client-context.ts')).sentWith(context);
    for (const given of adapter.toRequests(event)) {
      const request = sent === undefined ? given : sent(given);
      responses.push(
        await answer(served, adapter, request, toInvocation(context, request.headers, isColdStart)),
      );
    }
  } catch (thrown) {
    // The event could not be read: no request has been answered.
    const invocation = toInvocation(context, {}, isColdStart);
    responses.push(await answerFailure(served, adapter, { thrown, request: undefined, invocation }));
  }
  return adapter.toResult(responses, event);
}

/** Answers a request; any error becomes an answer here. */
async function answer(
  served: FunctionParts,
  adapter: EventAdapter,
  request: HttpRequest,
  invocation: Invocation,
): Promise<HttpResponse> {
  const { endpoints, instance, unit } = served;
  try {
    if (instance.mistake !== undefined) {
      throw instance.mistake;
    }
    const { maxResponseBytes } = adapter;
    const fit = (response: HttpResponse) =>
      fitResponse(
        withHeaders(response, request, invocation, instance),
        request,
        maxResponseBytes,
        instance.config,
      );
    const response = request.isWarmUp
      ? await warmUp(served, invocation)
      : await answerRoute(endpoints, { request, invocation, instance, unit, maxResponseBytes, fit });
    return response.isFitted ? response : await fit(response);
  } catch (thrown) {
    return answerFailure(served, adapter, { thrown, request, invocation });
  }
}

async function answerFailure(
  { instance }: FunctionParts,
  { maxResponseBytes }: EventAdapter,
  failure: Failure,
): Promise<HttpResponse> {
  const { request, invocation } = failure;
  const response = withHeaders(await errorAnswer(failure, instance), request, invocation, instance);
  return fitErrorAnswer(response, request, maxResponseBytes);
}

/**
 * Loads the model for the next call, if an endpoint needs it. Apart from `load()`, no method of the model is
 * called, and nothing is counted.
 */
async function warmUp(served: FunctionParts, { remainingMs }: Invocation): Promise<HttpResponse> {
  await prepare(served, remainingMs);
  return { status: 204, headers: {}, body: '' };
}

/** Loads what the endpoints need. Each unit is loaded once, however many ask for it. */
async function prepare({ endpoints, unit }: FunctionParts, remainingMs?: () => number): Promise<void> {
  await Promise.all(
    endpoints.map(
      ({ endpoint }) => endpoint.prepare?.(remainingMs) ?? (endpoint.usesModel && unit.ready(remainingMs)),
    ),
  );
}

/** Adds the headers of every answer, and the request's id: the caller's, or else the invocation's. */
function withHeaders(
  response: HttpResponse,
  request: HttpRequest | undefined,
  { puid }: Invocation,
  { config }: Instance,
): HttpResponse {
  // Object.assign, because a spread into a literal takes 1 us here.
  const common = commonHeaders(request, config);
  const { headers: own } = response;
  const headers: Record<string, string> = Object.assign({}, common, own);
  if (own.vary !== undefined && common.vary !== undefined) {
    headers.vary = `${own.vary}, ${common.vary}`;
  }
  if (puid !== undefined) {
    headers['seldon-puid'] = toHeaderValue(puid);
  }
  return { ...response, headers, isFitted: true };
}

/**
 * Encodes what a header of an answer cannot have as in a URL; half a surrogate pair becomes the replacement
 * character.
 */
function toHeaderValue(text: string): string {
  return text.replace(/[^ -~\u00a0-\u00ff]+/g, (part) => encodeURIComponent(Buffer.from(part).toString()));
}
