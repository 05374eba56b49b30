import type { NodePlan, UnitPlan } from '../runtime/graph/plan.ts';
import type { Bound } from './bind.ts';
import { callsOf, type Kind, typeOf } from './calls.ts';
import { type Calls, type Implementation, implementationOf } from './implementations.ts';
import type { Part } from './part.ts';

/** How deep units may lie in each other, and how many nodes a deployment may have. */
export const MAX_LEVELS = 100;
export const MAX_NODES = 1000;

/** A place of the tree, as it is written: nothing of it is read but its name. */
export interface Place {
  readonly part: Part;
  readonly unit: string;
  readonly children: readonly Place[];
}

/** Counts the nodes of all trees of a deployment. */
export interface Counter {
  nodes: number;
}

/**
 * The places of a tree, the root first, each before its children.
 *
 * @throws UserError for a tree that is too deep or too large, and for a unit that lies in itself.
 */
export function readPlaces(root: Part, counter: Counter): readonly Place[] {
  counter.nodes++;
  refuseMany(counter, root, 'brings');
  const all: Place[] = [];
  const above = new Set<unknown>();
  const waiting: (Waiting | { readonly left: unknown })[] = [{ part: root, siblings: [], level: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if ('left' in next) {
      above.delete(next.left);
      continue;
    }
    const { part, siblings, level } = next;
    if (above.has(part.value)) {
      part.refuse('is a unit that lies in itself, by an alias of YAML');
    }
    if (level > MAX_LEVELS) {
      part.refuse(`lies below ${MAX_LEVELS} other units; expected at most ${MAX_LEVELS} levels`);
    }
    const children: Place[] = [];
    const place = { part, unit: part.member('name').name(), children };
    siblings.push(place);
    all.push(place);
    const below = childrenOf(part);
    counter.nodes += below.length;
    refuseMany(counter, part.member('children'), 'bring');
    above.add(part.value);
    waiting.push({ left: part.value });
    for (const child of below.reverse()) {
      waiting.push({ part: child, siblings: children, level: level + 1 });
    }
  }
  return all;
}

/** Refuses what a deployment has too much of. `part`: the part that was counted last. */
function refuseMany({ nodes }: Counter, part: Part, verb: 'bring' | 'brings'): void {
  if (nodes > MAX_NODES) {
    part.refuse(`${verb} the graph to ${nodes} units or more; expected at most ${MAX_NODES}`);
  }
}

interface Waiting {
  readonly part: Part;
  readonly siblings: Place[];
  readonly level: number;
}

function childrenOf(unit: Part): Part[] {
  const children = unit.member('children');
  if (children.isThere && !Array.isArray(children.value)) {
    children.refuse('is no list; expected a list of units, each with a dash before its name');
  }
  return children.items();
}

/** A unit at a place, read and bound. */
export interface ReadUnit {
  readonly kind: Kind;
  readonly bound: Bound;
  readonly plan: UnitPlan;
}

/** The implementation that runs at a place; undefined for a class, and elsewhere. */
export function runsAt({ kind, bound }: Pick<ReadUnit, 'kind' | 'bound'>): Implementation | undefined {
  return bound.target.startsWith('implementation:') ? implementationOf(kind.implementation) : undefined;
}

/** The units whose answers are combined with those of all others at some place. */
export function combinedBy(
  places: readonly Place[],
  units: ReadonlyMap<Place, ReadUnit>,
): ReadonlySet<string> {
  const combiners = places.filter((place) => combines(callsAt(place, units)));
  return new Set(combiners.flatMap(({ children }) => children.map(({ unit }) => unit)));
}

/** Whether the answers of all children are combined. */
function combines({ aggregates, routes }: Calls): boolean {
  return aggregates && !routes;
}

function callsAt(place: Place, units: ReadonlyMap<Place, ReadUnit>): Calls {
  const unit = units.get(place) as ReadUnit;
  return callsOf(unit.kind, place.children.length > 0, runsAt(unit));
}

/**
 * The nodes of the plan; `places`: each before its children.
 *
 * @param optional - the units that a combiner does without when they fail.
 */
export function toNodes(
  places: readonly Place[],
  units: ReadonlyMap<Place, ReadUnit>,
  optional: ReadonlySet<string>,
): ReadonlyMap<Place, NodePlan> {
  const nodes = new Map<Place, NodePlan>();
  for (const place of [...places].reverse()) {
    const children = place.children.map((child) => nodes.get(child) as NodePlan);
    const calls = callsAt(place, units);
    const spared = children.flatMap(({ unit }, at) => (combines(calls) && optional.has(unit) ? [at] : []));
    nodes.set(place, {
      unit: place.unit,
      type: typeOf((units.get(place) as ReadUnit).kind),
      ...calls,
      ...(spared.length > 0 && { optional: spared }),
      children,
    });
  }
  return nodes;
}
