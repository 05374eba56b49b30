import type { Flow } from '../protocols/graph-wire.ts';
import { allInOrder } from './all-in-order.ts';
import { failedAt } from './failure.ts';
import type { OpenNode } from './open-node.ts';
import { ALL, NONE, noRouting, type Routing } from './routing.ts';
import { callUnit, type Walk } from './walk.ts';

/**
 * Sends a message through a node and those below it: input, children, output, as the executor does.
 *
 * @param routing - gets the choices that were made.
 * @returns the message that the node answers with.
 * @throws SeldonError of the first unit in the order of the graph that failed; nothing above it is called.
 */
export async function predictNode(walk: Walk, node: OpenNode, given: Flow, routing: Routing): Promise<Flow> {
  const { plan, name, children, unit } = node;
  let flow = given;
  if (plan.input !== undefined) {
    const noted = walk.note?.(name, flow);
    flow = await callUnit(walk, node, plan.input, flow);
    noted?.(flow);
    routing[name] = ALL;
  }
  if (children.length > 0) {
    const isOwn = plan.routes || plan.aggregates || !(plan.input ?? plan.transformsOutput);
    const noted = isOwn ? walk.note?.(name, flow) : undefined;
    if (unit.pass !== undefined) {
      ({ flow, route: routing[name] } = await unit.pass(walk, node, flow, (child, message = flow) =>
        predictNode(walk, child, message, routing),
      ));
    } else {
      const route = plan.routes ? await chooseChild(walk, node, flow) : ALL;
      if (route !== NONE) {
        const called = route === ALL ? children : [children[route] as OpenNode];
        if (plan.optional) {
          flow = await (await import('./optional.ts')).combine(walk, node, (settle) =>
            predictAll(walk, called, { flow, routing, settle }),
          );
        } else {
          const answers =
            called.length === 1
              ? [await predictNode(walk, called[0] as OpenNode, flow, routing)]
              : await predictAll(walk, called, { flow, routing, settle: allInOrder });
          flow = plan.aggregates
            ? await callUnit(walk, node, 'aggregate', walk.wire.join(answers))
            : (answers[0] as Flow);
        }
      }
      routing[name] = route;
    }
    noted?.(flow);
  }
  if (plan.transformsOutput) {
    const noted = walk.note?.(name, flow);
    flow = await callUnit(walk, node, 'transformOutput', flow);
    noted?.(flow);
  }
  return walk.isRoutingInjected ? walk.wire.withRouting(flow, { ...routing }) : flow;
}

/** A message on its way to several children. */
interface Forked<Answer extends Flow | undefined> {
  readonly flow: Flow;
  readonly routing: Routing;
  /** Waits for the answers; undefined for a child that does without one. */
  settle(running: readonly Promise<Flow>[]): Promise<Answer[]>;
}

/** Sends a message to children at the same time. `routing` gets the choices that led to the answers. */
async function predictAll<Answer extends Flow | undefined>(
  walk: Walk,
  children: readonly OpenNode[],
  { flow, routing, settle }: Forked<Answer>,
): Promise<readonly Answer[]> {
  const branches = children.map(() => Object.assign(noRouting(), routing));
  const answers = await settle(
    children.map((child, index) => predictNode(walk, child, flow, branches[index] as Routing)),
  );
  Object.assign(routing, ...branches.filter((_, index) => answers[index]));
  return answers;
}

/** @throws SeldonError GRAPH_BAD_ROUTE when the router chose a child that is not there. */
async function chooseChild(walk: Walk, node: OpenNode, flow: Flow): Promise<number> {
  const { name, children } = node;
  const answer = await callUnit(walk, node, 'route', flow);
  try {
    const route = await walk.wire.readRoute(answer);
    if (route >= NONE && route < children.length) {
      return route;
    }
    throw (await import('./no-child.ts')).noChild(name, route, children.length);
  } catch (error) {
    throw failedAt(name, error);
  }
}
