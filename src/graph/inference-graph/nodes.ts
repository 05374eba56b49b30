import type { OpenNotes } from '../notes.ts';
import { brief, type Part } from '../part.ts';
import { readStep, type Step } from './step.ts';

/** The types of nodes. */
export const ROUTER_TYPES = ['Sequence', 'Splitter', 'Ensemble', 'Switch'] as const;

/** One of them. */
export type RouterType = (typeof ROUTER_TYPES)[number];

/** A node of an InferenceGraph, as it is written. */
export interface Node {
  readonly name: string;
  readonly part: Part;
  readonly type: RouterType;
  /** At least one. */
  readonly steps: readonly Step[];
}

/** The node at which each request begins. */
export const ROOT = 'root';

/**
 * Reads the nodes of an InferenceGraph, by name.
 *
 * @throws UserError for what KServe's webhook refuses, and for what would fail at the first request.
 */
export function readNodes(part: Part, notes: OpenNotes): ReadonlyMap<string, Node> {
  const nodes = new Map(part.names().map((name) => [name, readNode(part.member(name), name, notes)]));
  if (!nodes.has(ROOT)) {
    part.refuse(`has no node ${ROOT}; expected one, at which each request begins`);
  }
  for (const { steps } of nodes.values()) {
    for (const { target } of steps) {
      if (target.kind === 'node' && !nodes.has(target.name)) {
        const all = [...nodes.keys()].slice(0, 20).join(', ');
        target.part.refuse(`is ${brief(target.name)}, which is no node; the nodes are ${all}`);
      }
    }
  }
  return nodes;
}

const KNOWN = ['routerType', 'steps'];

function readNode(part: Part, name: string, notes: OpenNotes): Node {
  const type =
    part.member('routerType').word(ROUTER_TYPES) ??
    part.member('routerType').refuse(`is not there; expected one of ${ROUTER_TYPES.join(', ')}`);
  for (const member of part.names().filter((each) => !KNOWN.includes(each))) {
    notes.warnings.add(`${part.place} has ${brief(member)}, which no node has: it is ignored`);
  }
  const items = part.member('steps').items();
  if (items.length === 0) {
    part.member('steps').refuse('has no step; expected at least one, such as {serviceName: classifier}');
  }
  const steps = items.map((item, place) => readStep(item, { type, place }, notes));
  refuseTwins(steps);
  if (type === 'Splitter') {
    refuseSum(part, steps);
  }
  return { name, part, type, steps };
}

/** Refuses steps of one name, under which an Ensemble would have one answer. */
function refuseTwins(steps: readonly Step[]): void {
  const names = new Set<string>();
  for (const { name, part } of steps) {
    if (names.has(name)) {
      part.refuse(`has the name ${brief(name)}, like another step of its node`);
    }
    names.add(name);
  }
}

/** As KServe's webhook does. */
function refuseSum(part: Part, steps: readonly Step[]): void {
  const sum = steps.reduce((total, { weight = 0 }) => total + weight, 0);
  if (sum !== 100) {
    part.refuse(`is a Splitter whose weights are ${sum} together; expected 100`);
  }
}
