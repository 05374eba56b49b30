import type { BoundUnit } from './bound-unit.ts';
import type { NodePlan } from './plan.ts';

/** A place in the tree of a graph, with its unit. */
export interface OpenNode {
  readonly plan: NodePlan;
  /** The unit's name. */
  readonly name: string;
  /** Sets this node apart from others with the same unit, in keys of idempotency. */
  readonly key: string;
  readonly unit: BoundUnit;
  readonly children: readonly OpenNode[];
  readonly childNames: readonly string[];
  /** Milliseconds that a call here leaves for the calls elsewhere that follow it on the way up. */
  readonly reserveMs: number;
}

/** The time of the way to a unit elsewhere and back. */
const HOP_MS = 20;

/**
 * Opens the nodes of a tree.
 *
 * @param units - by name; all that the tree names.
 */
export function openNodes(root: NodePlan, units: ReadonlyMap<string, BoundUnit>): OpenNode {
  const seen = new Map<string, number>();
  const open = (plan: NodePlan, reserveMs: number): OpenNode => {
    const { unit: name } = plan;
    const unit = units.get(name) as BoundUnit;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const key = count === 1 ? name : `${name}#${count}`;
    const isElsewhere = unit.where === 'lambda' || unit.where === 'http';
    const callsAfter = isElsewhere ? Number(plan.aggregates) + Number(plan.transformsOutput) : 0;
    const children = plan.children.map((child) => open(child, reserveMs + callsAfter * HOP_MS));
    const childNames = children.map(({ name: each }) => each);
    return { plan, name, key, unit, children, childNames, reserveMs };
  };
  return open(root, 0);
}

/** The units that a message comes to before any other unit has answered. */
export function firstCalled({ plan, unit, children }: OpenNode): readonly BoundUnit[] {
  const isCalled = plan.input !== undefined || (plan.routes && unit.where !== 'implementation');
  return isCalled || children.length === 0 ? [unit] : children.slice(0, plan.atOnce).flatMap(firstCalled);
}
