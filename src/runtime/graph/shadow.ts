import { toSeldonError } from '../errors.ts';
import { readBytes } from '../http/body.ts';
import type { CallContext } from '../instance/endpoint.ts';
import type { Instance } from '../instance/instance.ts';
import { isRecord } from '../objects.ts';
import { createOnce } from '../once.ts';
import { parseJson } from '../parse-json.ts';
import type { GraphPlan, PredictorPlan } from './plan.ts';
import type { UrlRequest } from './remote/url-client.ts';

/** The longest time that the copy of a request may take. The caller does not wait for so long. */
const MAX_SENDING_MS = 2_000;

/** Sends copies of requests to the shadows of a graph. */
export interface Shadows {
  /**
   * Sends a copy to each shadow that gets one of this request. Resolves when all are sent; does not fail.
   *
   * @param share - of the request, see `shareOf`.
   */
  send(context: CallContext, share: number): Promise<void>;
}

/**
 * Opens the shadows of a graph, which run elsewhere: SELDON_SHADOWS has the target of each by the predictor's
 * name, as JSON. A function is invoked without waiting for its answer; the answer of a URL is dropped.
 */
export function openShadows({ predictors }: GraphPlan, instance: Instance): Shadows {
  const targets = parseJson(instance.config.SELDON_SHADOWS);
  if (!isRecord(targets)) {
    instance.log.warn('SELDON_SHADOWS is not a JSON object; no shadow gets copies');
  }
  const shadows = predictors.flatMap((predictor): Shadow[] => {
    const target = isRecord(targets) ? targets[predictor.name] : undefined;
    return predictor.isShadow && typeof target === 'string'
      ? [{ predictor, open: opener(predictor, target, instance) }]
      : [];
  });
  return {
    async send(context, share) {
      const getting = shadows.filter(({ predictor }) => getsCopy(predictor, share));
      if (getting.length > 0) {
        await Promise.all(getting.map((shadow) => sendCopy(shadow, context)));
      }
    },
  };
}

/** Without a share of its own, a shadow gets a copy of all. */
function getsCopy({ traffic }: PredictorPlan, share: number): boolean {
  return traffic === 0 || share < traffic;
}

interface Shadow {
  readonly predictor: PredictorPlan;
  open(): Promise<Send>;
}

/** Sends a copy. @throws what a connection, or Lambda, says against it. */
type Send = (copy: UrlRequest) => Promise<void>;

/** Opens it at the first copy. */
function opener({ name }: PredictorPlan, target: string, instance: Instance): Shadow['open'] {
  const once = createOnce<Send>();
  const what = `shadow ${name}`;
  return () => once(() => (/^https?:/.test(target) ? toUrl : toFunction)(what, target, instance));
}

async function toFunction(what: string, target: string, instance: Instance): Promise<Send> {
  const { openFunctionClient, toEvent } = await import('./remote/function-client.ts');
  const { invoke, isItself } = openFunctionClient(`copy for ${what}`, target, instance);
  if (isItself) {
    throw new Error(`${what} is bound to the function of the graph itself`);
  }
  return async (copy) => {
    const event = await toEvent(copy, 'Event');
    // Where each endpoint has a function: that of predictions, at whatever path they come.
    await invoke({ ...copy, path: '/predict', type: 'Event', event });
  };
}

async function toUrl(what: string, target: string, instance: Instance): Promise<Send> {
  const { openUrlClient } = await import('./remote/url-client.ts');
  const { send } = await openUrlClient(what, target, instance);
  return async (copy) => {
    const { status } = await send(copy);
    if (status < 200 || status > 299) {
      throw new Error(`${what} answered HTTP ${status}`);
    }
  };
}

async function sendCopy({ predictor, open }: Shadow, context: CallContext): Promise<void> {
  try {
    const send = await open();
    await send({
      ...copyOf(context),
      timeoutMs: Math.min(MAX_SENDING_MS, context.invocation.remainingMs()),
      isRepeatable: true,
    });
  } catch (error) {
    const { log } = context.instance;
    log.warn('a shadow did not get its copy', {
      predictor: predictor.name,
      why: toSeldonError(error).message,
    });
  }
}

/** The request as a shadow gets it: with no credentials of the caller, and the body as it came. */
function copyOf({ request, invocation }: CallContext): Omit<UrlRequest, 'timeoutMs' | 'isRepeatable'> {
  const { 'content-type': type = 'application/json', 'content-encoding': encoding } = request.headers;
  const { idempotencyKey: key, puid = '' } = invocation;
  return {
    method: 'POST',
    path: request.path,
    // Of the query, only `json` is read: it may be the whole message.
    query: (request.query.json ?? []).map((json) => `json=${encodeURIComponent(json)}`).join('&'),
    headers: {
      'content-type': type,
      'seldon-puid': puid,
      ...(encoding !== undefined && { 'content-encoding': encoding }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: readBytes(request),
  };
}
