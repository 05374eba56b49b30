import type { Flow } from '../protocols/graph-wire.ts';
import type { OpenNode } from './open-node.ts';
import { ALL, noRouting, type Routing } from './routing.ts';
import { callUnit, type Walk } from './walk.ts';

/**
 * Combines the answers of the children that answered. The others are named in the answer, where its protocol
 * has a place for that.
 *
 * @param send - sends the message to a child. `branch`: gets the choices that are made below it.
 * @throws SeldonError of the first child that failed and is not optional, or of the first one when no child
 *   answered.
 */
export async function combine(
  walk: Walk,
  node: OpenNode,
  routing: Routing,
  send: (child: OpenNode, branch: Routing) => Promise<Flow>,
): Promise<Flow> {
  const { children, plan, childNames } = node;
  const branches = children.map((): Routing => Object.assign(noRouting(), routing));
  const all = await Promise.allSettled(
    children.map((child, index) => send(child, branches[index] as Routing)),
  );
  const answers: Flow[] = [];
  const names: string[] = [];
  const missing: string[] = [];
  for (const [index, result] of all.entries()) {
    const name = childNames[index] as string;
    if (result.status === 'fulfilled') {
      Object.assign(routing, branches[index]);
      answers.push(result.value);
      names.push(name);
    } else if (plan.optional?.includes(index)) {
      missing.push(name);
    } else {
      throw result.reason;
    }
  }
  routing[node.name] = ALL;
  const [first] = all;
  if (answers.length === 0 && first?.status === 'rejected') {
    throw first.reason;
  }
  const joined = walk.wire.join(answers);
  const answer = await callUnit(walk, { ...node, childNames: names }, 'aggregate', joined);
  if (missing.length === 0) {
    return answer;
  }
  const feedback = await walk.wire.feedback();
  return 'answer' in feedback ? answer : feedback.withMissing(answer, missing);
}
