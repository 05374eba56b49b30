import { badData } from '../errors.ts';
import type { Flow } from '../protocols/protocol.ts';
import { show } from '../show.ts';
import { allInOrder } from './all-in-order.ts';
import type { OpenNode } from './open-node.ts';
import { ALL, NONE } from './predict.ts';
import { callUnit, type Walk } from './walk.ts';

/** A feedback on its way through a graph. */
export interface FeedbackWalk extends Walk {
  readonly feedback: Flow<'feedback'>;
  /** `response.meta.routing`: which children had answered. */
  readonly routing: Readonly<Record<string, unknown>>;
}

/**
 * Tells the units of a node, and those below it that had answered: the children first, all of them, then the
 * node, as the executor does. All get the same feedback.
 *
 * @returns the node's own answer, or else the first of those below it; undefined when no unit gets feedback.
 * @throws SeldonError of the first child that failed; the nodes above it are not told.
 */
export async function feedbackNode(walk: FeedbackWalk, node: OpenNode): Promise<Flow | undefined> {
  const told = await allInOrder(childrenOf(walk, node).map((child) => feedbackNode(walk, child)));
  return node.plan.getsFeedback
    ? callUnit(walk, node, 'sendFeedback', walk.feedback)
    : told.find((answer) => answer !== undefined);
}

function childrenOf({ routing }: FeedbackWalk, { name, children }: OpenNode): readonly OpenNode[] {
  if (children.length === 0) {
    return children;
  }
  // A unit may have the name of something that every object has, such as `constructor`.
  const route = Object.hasOwn(routing, name) ? routing[name] : ALL;
  if (route === ALL) {
    return children;
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
