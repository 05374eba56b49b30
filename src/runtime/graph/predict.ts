import { graphError } from '../graph-error.ts';
import type { Flow } from '../protocols/graph-wire.ts';
import { allInOrder } from './all-in-order.ts';
import { failedAt } from './failure.ts';
import type { OpenNode } from './open-node.ts';
import { ALL, NONE, noRouting, type Routing } from './routing.ts';
import { callUnit, keyAt, type NotedMessages, type Walk } from './walk.ts';

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
    answer(noted, flow);
    routing[name] = ALL;
  }
  if (children.length > 0) {
    const [only] = children;
    const isOwn = plan.routes || plan.aggregates || !(plan.input ?? plan.transformsOutput);
    const noted = isOwn ? walk.note?.(name, flow) : undefined;
    if (unit.pass !== undefined) {
      ({ flow, route: routing[name] } = await unit.pass(children, (child) =>
        predictNode(walk, child, flow, routing),
      ));
    } else if (plan.optional) {
      flow = await (await import('./optional.ts')).combine(walk, node, routing, (child, branch) =>
        predictNode(walk, child, flow, branch),
      );
    } else {
      const route = plan.routes ? await chooseChild(walk, node, flow) : ALL;
      if (children.length === 1 && route !== NONE && !plan.aggregates) {
        flow = await predictNode(walk, only as OpenNode, flow, routing);
      } else if (route !== NONE) {
        const answers = await predictChildren(walk, node, { flow, route, routing });
        flow = plan.aggregates
          ? await callUnit(walk, node, 'aggregate', walk.wire.join(answers))
          : (answers[0] as Flow);
      }
      routing[name] = route;
    }
    answer(noted, flow);
  }
  if (plan.transformsOutput) {
    const noted = walk.note?.(name, flow);
    flow = await callUnit(walk, node, 'transformOutput', flow);
    answer(noted, flow);
  }
  return walk.isRoutingInjected ? walk.wire.withRouting(flow, { ...routing }) : flow;
}

/** Adds the answer to the message that was noted; undefined: none was. */
function answer(noted: NotedMessages | undefined, answered: Flow): void {
  if (noted !== undefined) {
    noted.answered = answered;
  }
}

/** The answers of the children that are called, all at the same time. */
async function predictChildren(
  walk: Walk,
  { children }: OpenNode,
  { flow, route, routing }: { readonly flow: Flow; readonly route: number; readonly routing: Routing },
): Promise<readonly Flow[]> {
  if (route !== ALL) {
    return [await predictNode(walk, children[route] as OpenNode, flow, routing)];
  }
  const branches = children.map(() => Object.assign(noRouting(), routing));
  const answers = await allInOrder(
    children.map((child, index) => predictNode(walk, child, flow, branches[index] as Routing)),
  );
  Object.assign(routing, ...branches);
  return answers;
}

/** @throws SeldonError GRAPH_BAD_ROUTE when the router chose a child that is not there. */
async function chooseChild(walk: Walk, node: OpenNode, flow: Flow): Promise<number> {
  const { name, unit, children } = node;
  if (unit.choose !== undefined) {
    return unit.choose({ key: keyAt(walk, node), message: flow, context: walk.context });
  }
  const answer = await callUnit(walk, node, 'route', flow);
  try {
    const route = await walk.wire.readRoute(answer);
    if (route >= NONE && route < children.length) {
      return route;
    }
    throw graphError(
      'GRAPH_BAD_ROUTE',
      `router ${name} chose child ${route}; expected -2 (none), -1 (all) or 0 to ${children.length - 1}`,
    );
  } catch (error) {
    throw failedAt(name, error);
  }
}
