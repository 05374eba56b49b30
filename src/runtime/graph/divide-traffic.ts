import { toSeldonError } from '../errors.ts';
import type { HttpResponse } from '../http/request.ts';
import type { CallContext } from '../instance/endpoint.ts';
import { createOnce } from '../once.ts';
import { within } from '../time-limit.ts';
import type { Graph } from './open-graph.ts';
import type { PredictorPlan } from './plan.ts';
import { predictRequest } from './predict-request.ts';
import { noRouting } from './routing.ts';
import type { Shadows } from './shadow.ts';
import { choosePredictor, routingNameOf, shareOf } from './traffic.ts';

/** The longest time that a caller waits, when he has his answer, for the copies of his request to be sent. */
const MAX_COPY_WAIT_MS = 50;

/**
 * Divides the requests of a graph among its predictors, and sends copies to its shadows. The answer says
 * which predictor it is of: in a header, and by its place among all in `meta.routing`.
 *
 * @param predictors - those that answer.
 */
export function divideTraffic(
  { plan, instance, open }: Graph,
  predictors: readonly [PredictorPlan, ...PredictorPlan[]],
): (context: CallContext) => Promise<HttpResponse> {
  const { config } = instance;
  const routingName = routingNameOf(plan);
  const shadows = createOnce<Shadows>();
  const copies = async (context: CallContext, share: number) => {
    const { send } = await shadows(async () => (await import('./shadow.ts')).openShadows(plan, instance));
    return send(context, share);
  };
  return async (context) => {
    const share = shareOf(context, plan.deployment, config);
    const chosen = choosePredictor(predictors, share);
    const own = { 'seldon-predictor': encodeURIComponent(chosen.name) };
    const routing = Object.assign(noRouting(), { [routingName]: plan.predictors.indexOf(chosen) });
    const predictor = await open(chosen);
    const copied = config.SELDON_SHADOWS === '' ? undefined : copies(context, share);
    try {
      const response = await predictRequest(context, predictor, routing);
      return { ...response, headers: { ...response.headers, ...own } };
    } catch (thrown) {
      const error = toSeldonError(thrown);
      throw error.with({ headers: { ...error.headers, ...own } });
    } finally {
      // Lambda would freeze the instance, with the copy half sent.
      await (copied && within(copied, MAX_COPY_WAIT_MS, Error).catch(() => undefined));
    }
  };
}
