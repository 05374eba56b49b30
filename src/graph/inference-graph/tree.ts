import type { InferenceStep } from '../../runtime/graph/inference-step.ts';
import type { GraphProtocol, NodePlan, UnitPlan } from '../../runtime/graph/plan.ts';
import type { Bound } from '../bind.ts';
import { Part } from '../part.ts';
import { modelOf } from '../targets.ts';
import { MAX_LEVELS, MAX_NODES } from '../tree.ts';
import { type Node, ROOT, type RouterType } from './nodes.ts';
import type { Step } from './step.ts';

/** The nodes of an InferenceGraph, as a tree of units. */
export interface Tree {
  readonly root: NodePlan;
  /** By name. */
  readonly units: ReadonlyMap<string, UnitPlan>;
  readonly bound: ReadonlyMap<string, Bound>;
  /** The names of the nodes that are somewhere in it. */
  readonly reached: ReadonlySet<string>;
}

/** How a tree is made. */
export interface TreeSettings {
  readonly protocol: GraphProtocol;
  /** Finds where the unit of a step runs. */
  bind(unit: string, step: Step): Bound;
}

/**
 * Makes the tree of units of the nodes, beginning at the root: a node to which several steps lead is there
 * several times.
 *
 * @throws UserError for nodes that lead to each other without an end, and for a tree that is too large.
 */
export function toTree(nodes: ReadonlyMap<string, Node>, settings: TreeSettings): Tree {
  const builder = new Builder(nodes, settings);
  const { units, bound, reached } = builder;
  return { root: builder.node(nodes.get(ROOT) as Node, 1), units, bound, reached };
}

/** The name of the unit of a step that is no node. A URL has no name but that of its step. */
export function unitOf(node: Node, { target: { kind, name }, name: step }: Step): string {
  return kind === 'url' ? `${node.name}-${step}` : name;
}

/** The implementation of each type of node, and what a plan says of it. */
const NODES: Readonly<Record<RouterType, readonly [word: string, plan: Pick<NodePlan, 'type' | 'routes'>]>> =
  {
    Sequence: ['KSERVE_SEQUENCE', { type: 'UNKNOWN_TYPE', routes: false }],
    Switch: ['KSERVE_SWITCH', { type: 'ROUTER', routes: true }],
    Splitter: ['WEIGHTED', { type: 'ROUTER', routes: true }],
    Ensemble: ['KSERVE_ENSEMBLE', { type: 'COMBINER', routes: false }],
  };

class Builder {
  readonly units = new Map<string, UnitPlan>();
  readonly bound = new Map<string, Bound>();
  readonly reached = new Set<string>();
  /** The nodes that are above the one that is made. */
  readonly #open = new Set<string>();
  /** What each unit stands for. */
  readonly #owners = new Map<string, string>();
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #settings: TreeSettings;
  #count = 0;

  constructor(nodes: ReadonlyMap<string, Node>, settings: TreeSettings) {
    this.#nodes = nodes;
    this.#settings = settings;
  }

  node(node: Node, level: number): NodePlan {
    const { name, part, type, steps } = node;
    const [word, plan] = NODES[type];
    const unit = this.#unit(name, `node ${name}`, part);
    this.reached.add(name);
    const target = `implementation:${word}`;
    this.units.set(unit, { target, parameters: toParameters(node), metadata: '' });
    this.bound.set(unit, { target, by: `its type ${type}` });
    this.#open.add(name);
    const children = steps.map((step) => this.#step(node, step, level + 1));
    this.#open.delete(name);
    return {
      unit,
      ...plan,
      aggregates: type === 'Ensemble',
      transformsOutput: false,
      getsFeedback: false,
      ...(type === 'Sequence' && { atOnce: 1 }),
      children,
    };
  }

  #step(node: Node, step: Step, level: number): NodePlan {
    const { part, target } = step;
    if (level > MAX_LEVELS) {
      part.refuse(`lies below ${MAX_LEVELS} nodes; expected at most ${MAX_LEVELS} levels`);
    }
    if (target.kind === 'node') {
      if (this.#open.has(target.name)) {
        target.part.refuse(`is ${target.name}, which leads to this step: a request would never end`);
      }
      return this.node(this.#nodes.get(target.name) as Node, level);
    }
    const name = unitOf(node, step);
    const isUrl = target.kind === 'url';
    const unit = this.#unit(name, isUrl ? `step ${step.name} of ${node.name}` : `service ${name}`, part);
    if (!this.units.has(unit)) {
      const bound = this.#settings.bind(unit, step);
      this.bound.set(unit, bound);
      this.units.set(unit, { ...toPlan(unit, bound, step, this.#settings), parameters: '[]', metadata: '' });
    }
    return {
      unit,
      type: 'MODEL',
      input: 'predict',
      routes: false,
      aggregates: false,
      transformsOutput: false,
      getsFeedback: false,
      children: [],
    };
  }

  /** The name of a unit, which is that of nothing else. @throws UserError when it is, or is none. */
  #unit(name: string, owner: string, part: Part): string {
    if (++this.#count > MAX_NODES) {
      part.refuse(
        `brings the graph to over ${MAX_NODES} units, of which one that is used twice counts twice`,
      );
    }
    const unit = new Part(name, `${part.place} (the ${owner})`).name();
    const other = this.#owners.get(unit) ?? owner;
    if (other !== owner) {
      part.refuse(`(the ${owner}) is the unit ${unit}, like the ${other}; give one another name`);
    }
    this.#owners.set(unit, owner);
    return unit;
  }
}

/** Where a unit runs. A service is called by its own name, whatever name the path of a request has. */
function toPlan(
  unit: string,
  { target, by }: Bound,
  { target: { kind } }: Step,
  { protocol }: TreeSettings,
): Pick<UnitPlan, 'target' | 'path'> {
  if (kind === 'url' && by === BY_URL) {
    return { target, path: '' };
  }
  return modelOf(target) === undefined && protocol === 'tensorflow'
    ? { target, path: `/v1/models/${encodeURIComponent(unit)}:predict` }
    : { target };
}

/** What says where a step runs that has a URL. */
export const BY_URL = 'its serviceUrl';

function toParameters({ type, steps }: Node): string {
  return JSON.stringify(
    type === 'Splitter'
      ? steps.map(({ weight }, place) => ({ name: String(place), value: String(weight), type: 'INT' }))
      : steps.map(
          ({ name, condition, takesAnswer }, place): InferenceStep => ({
            name,
            condition,
            ...(takesAnswer && { takesAnswer }),
            ...(mayFail(type, steps, place) && { mayFail: true }),
          }),
        ),
  );
}

/**
 * Whether a node goes on when a step answers an error. In a Sequence, only a step that does not look at the
 * answer can follow, and the last one's error is the answer.
 */
function mayFail(type: RouterType, steps: readonly Step[], place: number): boolean {
  const next = steps[place + 1];
  const isSeen = next === undefined || next.takesAnswer || next.condition !== undefined;
  return steps[place]?.isHard === false && (type === 'Ensemble' || (type === 'Sequence' && !isSeen));
}
