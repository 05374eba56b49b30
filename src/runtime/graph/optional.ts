import type { Flow } from '../protocols/graph-wire.ts';
import type { OpenNode } from './open-node.ts';
import { callUnit, type Walk } from './walk.ts';

/** Waits for all; undefined for one that failed, and does without an answer. */
type Settle = (running: readonly Promise<Flow>[]) => Promise<(Flow | undefined)[]>;

/**
 * Combines the answers of the children that answered. The others are named in the answer, where its protocol
 * has a place for that.
 *
 * @param send - sends the message to the children, and waits for them by `settle`.
 * @throws SeldonError of the first child that failed and is not optional, or of the first one when no child
 *   answered.
 */
export async function combine(
  walk: Walk,
  node: OpenNode,
  send: (settle: Settle) => Promise<readonly (Flow | undefined)[]>,
): Promise<Flow> {
  const answers = await send((running) => someInOrder(running, node.plan.optional));
  const came = answers.filter((answer) => answer !== undefined);
  const namesOf = (isMissing: boolean) =>
    node.childNames.filter((_, index) => (answers[index] === undefined) === isMissing);
  const combining = { ...node, childNames: namesOf(false) };
  const answer = await callUnit(walk, combining, 'aggregate', walk.wire.join(came));
  const missing = namesOf(true);
  if (missing.length === 0) {
    return answer;
  }
  const feedback = await walk.wire.feedback();
  return 'answer' in feedback ? answer : feedback.withMissing(answer, missing);
}

async function someInOrder(
  running: readonly Promise<Flow>[],
  optional: readonly number[] = [],
): Promise<(Flow | undefined)[]> {
  const all = await Promise.allSettled(running);
  const failed = all.map((result) => (result.status === 'rejected' ? result : undefined));
  const needed = failed.find((result, place) => result !== undefined && !optional.includes(place));
  const fatal = needed ?? (failed.includes(undefined) ? undefined : failed[0]);
  if (fatal !== undefined) {
    throw fatal.reason;
  }
  return all.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
}
