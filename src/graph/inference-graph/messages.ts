import { modelOf } from '../targets.ts';
import type { Node } from './nodes.ts';
import type { Step } from './step.ts';
import { type Tree, unitOf } from './tree.ts';

type Nodes = ReadonlyMap<string, Node>;

/**
 * Refuses steps that get a message of another form than they can read. What an Ensemble answers is an object
 * by steps, and no message of the protocol; and a Switch looks into an answer as it came.
 *
 * @param nodes - all, which do not lead to each other without an end.
 */
export function checkMessages(nodes: Nodes, { bound, reached }: Tree): void {
  const looks = new Looks(nodes);
  for (const node of [...nodes.values()].filter(({ name }) => reached.has(name))) {
    for (const [place, step] of node.steps.entries()) {
      refuseMapped(step, looks);
      const before = node.steps[place - 1];
      if (step.takesAnswer && before !== undefined && looks.mayCombine(before)) {
        const unit = looks.readersOf(node, step).find((each) => modelOf(bound.get(each)?.target ?? ''));
        if (unit !== undefined) {
          step.part.refuse(
            `takes what an Ensemble answers, an object by steps, which the class of the unit ${unit} cannot ` +
              'read; expected a function or a URL there, or data: $request',
          );
        }
      }
    }
  }
}

function refuseMapped({ isMapped, target, part }: Step, looks: Looks): void {
  const node = looks.nodeOf(target);
  if (isMapped && node !== undefined && looks.hasSwitch(node)) {
    part
      .member('mapPredictionsToInstances')
      .refuse(
        `is true, but in ${node.name} a Switch looks into the message, which is the answer as it came; expected ` +
          'false, and conditions on predictions',
      );
  }
}

/** What nodes answer, and who looks at their messages. Each is asked once. */
class Looks {
  readonly #nodes: Nodes;
  readonly #combining = new Map<Node, boolean>();
  readonly #switching = new Map<Node, boolean>();

  constructor(nodes: Nodes) {
    this.#nodes = nodes;
  }

  nodeOf({ kind, name }: Step['target']): Node | undefined {
    return kind === 'node' ? this.#nodes.get(name) : undefined;
  }

  /** Whether the answer of a step may be that of an Ensemble. */
  mayCombine({ target }: Step): boolean {
    const node = this.nodeOf(target);
    return node !== undefined && once(this.#combining, node, () => this.#combines(node));
  }

  #combines({ type, steps }: Node): boolean {
    // A Sequence may end before each step that has a condition.
    const isLast = (place: number) =>
      steps[place + 1] === undefined || steps[place + 1]?.condition !== undefined;
    return (
      type === 'Ensemble' ||
      steps.some((step, place) => (type !== 'Sequence' || isLast(place)) && this.mayCombine(step))
    );
  }

  /** Whether a Switch gets the message of a node. */
  hasSwitch(node: Node): boolean {
    const look = () =>
      node.type === 'Switch' ||
      readingSteps(node).some(({ target }) => {
        const inner = this.nodeOf(target);
        return inner !== undefined && this.hasSwitch(inner);
      });
    return once(this.#switching, node, look);
  }

  /** The units of services that get the message of a step. */
  readersOf(node: Node, step: Step): string[] {
    const units: string[] = [];
    const seen = new Set<Node>();
    const waiting = [{ node, step }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const inner = this.nodeOf(next.step.target);
      if (inner === undefined) {
        units.push(unitOf(next.node, next.step));
      } else if (!seen.has(inner)) {
        seen.add(inner);
        waiting.push(...readingSteps(inner).map((each) => ({ node: inner, step: each })));
      }
    }
    return units;
  }
}

/** The steps that get the message of their node. */
function readingSteps({ steps }: Node): readonly Step[] {
  return steps.filter(({ takesAnswer }) => !takesAnswer);
}

function once(known: Map<Node, boolean>, node: Node, look: () => boolean): boolean {
  const found = known.get(node) ?? look();
  known.set(node, found);
  return found;
}
