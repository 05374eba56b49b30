import type { HttpResponse } from '../http/request.ts';
import type { CallContext } from '../instance/endpoint.ts';
import { callGraph } from './call-graph.ts';
import type { OpenPredictor } from './open-graph.ts';
import { firstCalled } from './open-node.ts';
import { predictNode } from './predict.ts';
import { noRouting, type Routing } from './routing.ts';

/**
 * Sends a request through the graph of a predictor.
 *
 * @param routing - choices that were made before; default: none.
 */
export function predictRequest(
  context: CallContext,
  predictor: OpenPredictor,
  routing: Routing = noRouting(),
): Promise<HttpResponse> {
  const { idempotencyKey, isColdStart } = context.invocation;
  if (isColdStart && context.instance.config.SELDON_GRAPH_WARM) {
    warmUp(predictor);
  }
  return callGraph(context, { predictor, service: 'predictions', idempotencyKey }, (walk) =>
    predictNode(walk, predictor.root, walk.wire.ofRequest(walk.context.request), routing),
  );
}

/**
 * Begins to load all units at once, so that the cold starts of a chain do not add up; not those elsewhere
 * that the request goes to anyway, which would start an instance for each of the two. Nobody waits for it: a
 * call waits for its own unit, and has the error.
 */
function warmUp({ units, root }: OpenPredictor): void {
  const first = new Set(firstCalled(root));
  for (const unit of units.values()) {
    if (unit.where === 'local' || !first.has(unit)) {
      unit.prepare().catch(() => undefined);
    }
  }
}
