import { summaryOf } from '../call-failure.ts';
import { readBytes } from '../http/body.ts';
import type { CallContext } from '../instance/endpoint.ts';
import type { Instance } from '../instance/instance.ts';
import { isRecord } from '../objects.ts';
import { createOnce } from '../once.ts';
import { parseJson } from '../parse-json.ts';
import type { GraphPlan, PredictorPlan } from './plan.ts';
import type { FunctionClient, toEvent } from './remote/function-client.ts';

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
 * Opens the shadows of a graph, which run in functions of their own: SELDON_SHADOWS has the target of each by
 * the predictor's name, as JSON.
 */
export function openShadows({ predictors }: GraphPlan, instance: Instance): Shadows {
  const targets = parseJson(instance.config.SELDON_SHADOWS);
  const shadows = predictors.flatMap((predictor): Shadow[] => {
    const target = isRecord(targets) ? targets[predictor.name] : undefined;
    return predictor.isShadow && typeof target === 'string'
      ? [{ predictor, client: openClient(predictor, target, instance) }]
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
  client(): Promise<Client>;
}

interface Client extends FunctionClient {
  readonly toEvent: typeof toEvent;
}

/** Opens it at the first copy. */
function openClient({ name }: PredictorPlan, target: string, instance: Instance): Shadow['client'] {
  const once = createOnce<Client>();
  return () =>
    once(async () => {
      const { openFunctionClient, toEvent } = await import('./remote/function-client.ts');
      return { ...openFunctionClient(`copy for shadow ${name}`, target, instance), toEvent };
    });
}

async function sendCopy(
  { predictor, client }: Shadow,
  { request, instance, invocation }: CallContext,
): Promise<void> {
  try {
    const { invoke, toEvent } = await client();
    const { 'content-type': type = 'application/json', 'content-encoding': encoding } = request.headers;
    const headers = {
      'content-type': type,
      // The copy is of the body as it came.
      ...(encoding !== undefined && { 'content-encoding': encoding }),
      'seldon-puid': invocation.puid ?? '',
    };
    const { idempotencyKey: key } = invocation;
    const all = { ...headers, ...(key !== undefined && { 'idempotency-key': key }) };
    const { path } = request;
    // Of the query, only `json` is read: it may be the whole message.
    const query = (request.query.json ?? []).map((json) => `json=${encodeURIComponent(json)}`).join('&');
    const copy = { method: 'POST', path, query, headers: all, body: readBytes(request) } as const;
    const event = await toEvent(copy, 'Event');
    const timeoutMs = Math.min(MAX_SENDING_MS, invocation.remainingMs());
    await invoke({ path, type: 'Event', event, timeoutMs, isRepeatable: true });
  } catch (error) {
    instance.log.warn('a shadow did not get its copy', { predictor: predictor.name, why: summaryOf(error) });
  }
}
