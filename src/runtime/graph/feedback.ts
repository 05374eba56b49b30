import { badData } from '../errors.ts';
import { decompressed } from '../http/body.ts';
import type { HttpResponse } from '../http/request.ts';
import type { CallContext } from '../instance/endpoint.ts';
import type { AnswerPath, Flow } from '../protocols/graph-wire.ts';
import { show } from '../show.ts';
import { allInOrder } from './all-in-order.ts';
import { callGraph } from './call-graph.ts';
import type { Graph } from './open-graph.ts';
import type { OpenNode } from './open-node.ts';
import type { GraphPlan, PredictorPlan } from './plan.ts';
import { ALL, NONE } from './routing.ts';
import { choosePredictor, routingNameOf, shareOf } from './traffic.ts';
import { callUnit, type Walk } from './walk.ts';

/**
 * Sends a feedback to the predictor that answered, and there to the units that did. It may be sent again
 * until it succeeds: no unit counts it twice.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for a predictor or a child that does not exist.
 */
export async function tellGraph(
  given: CallContext,
  graph: Graph,
  answering: readonly [PredictorPlan, ...PredictorPlan[]],
): Promise<HttpResponse> {
  const { idempotencyKey: key, requestId } = given.invocation;
  const { plan, instance } = graph;
  const wire = await graph.wire();
  const ofWire = await wire.feedback();
  // What cannot be read has no routing; the units, or the call itself, say what is wrong with it.
  const context = await plainCall(given).catch(() => given);
  const path = 'answer' in ofWire ? NOTHING : await ofWire.readResponse(context.request).catch(() => NOTHING);
  const told = toldPredictor(plan, path.routing);
  const found = answering.find((each) => plan.predictors.indexOf(each) === told);
  // Without a choice in it: to the one that a request with the same key goes to.
  const chosen = found ?? choosePredictor(answering, shareOf(given, plan.deployment, instance.config));
  const predictor = await graph.open(chosen);
  // Lambda repeats an asynchronous invocation under the same id.
  const idempotencyKey = key ?? requestId;
  return callGraph(context, { predictor, service: 'feedback', idempotencyKey }, async (walk) => {
    const { request } = walk.context;
    if ('answer' in ofWire) {
      return wire.ofReply(ofWire.answer(request));
    }
    if (told !== undefined && found === undefined) {
      throw noPredictor(plan, told, answering);
    }
    const feedback = ofWire.ofRequest(request);
    const answer = await feedbackNode({ ...walk, ...path, feedback }, predictor.root);
    return answer ?? wire.ofReply({ body: '{"data":{"ndarray":[]},"meta":{}}' });
  });
}

/** What a feedback says that cannot be read. */
const NOTHING: AnswerPath = { routing: {}, missing: [] };

/** The call with its body decompressed. */
async function plainCall(given: CallContext): Promise<CallContext> {
  const { request, instance } = given;
  return { ...given, request: await decompressed(request, instance.config.MAX_DECOMPRESSED_BYTES) };
}

/** The place of the predictor that answered, as the routing has it; undefined: it says nothing of it. */
function toldPredictor(plan: GraphPlan, routing: Readonly<Record<string, unknown>>): unknown {
  const name = routingNameOf(plan);
  return plan.predictors.length > 1 && Object.hasOwn(routing, name) ? routing[name] : undefined;
}

function noPredictor(
  { predictors, deployment }: GraphPlan,
  told: unknown,
  answering: readonly PredictorPlan[],
): Error {
  const places = answering.map((each) => predictors.indexOf(each));
  return badData(
    `response.meta.routing: no predictor ${show(told)} of ${deployment} answers here; ` +
      `expected ${places.join(' or ')}`,
  );
}

/** A feedback on its way through a graph. */
interface FeedbackWalk extends Walk, AnswerPath {
  readonly feedback: Flow<'feedback'>;
}

/**
 * Tells the units of a node, and those below it that had answered: the children first, all of them, then the
 * node, as the executor does. All get the same feedback.
 *
 * @returns the node's own answer, or else the first of those below it; undefined when no unit gets feedback.
 * @throws SeldonError of the first child that failed; the nodes above it are not told.
 */
async function feedbackNode(walk: FeedbackWalk, node: OpenNode): Promise<Flow | undefined> {
  walk.note?.(node.name, walk.feedback);
  const told = await allInOrder(childrenOf(walk, node).map((child) => feedbackNode(walk, child)));
  return node.plan.getsFeedback
    ? callUnit(walk, node, 'sendFeedback', walk.feedback)
    : told.find((answer) => answer !== undefined);
}

function childrenOf(
  { routing, missing }: FeedbackWalk,
  { name, children, plan }: OpenNode,
): readonly OpenNode[] {
  if (children.length === 0) {
    return children;
  }
  // A unit may have the name of something that every object has, such as `constructor`.
  const route = Object.hasOwn(routing, name) ? routing[name] : ALL;
  if (route === ALL) {
    return children.filter(
      (child, place) => !(plan.optional?.includes(place) && missing.includes(child.name)),
    );
  }
  if (route === NONE) {
    return [];
  }
  const child = typeof route === 'number' ? children[route] : undefined;
  if (child === undefined) {
    throw badData(
      `response.meta.routing: unit ${name} has no child ${show(route)}; ` +
        `expected -2 (none), -1 (all) or 0 to ${children.length - 1}`,
    );
  }
  return [child];
}
