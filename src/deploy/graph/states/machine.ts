import { UserError } from '../../../bundle/user-error.ts';
import type { NodePlan, PredictorPlan, UnitPlan } from '../../../runtime/graph/plan.ts';
import { type Draw, drawsOf } from './draws.ts';
import { functionName, type OwnFunctions, type StateMethod } from './function-name.ts';
import { follow, invoke, type Machine, Names, type State } from './states.ts';

/** The longest definition of a state machine, in bytes. */
const MAX_BYTES = 2 ** 20;

/**
 * The state machine of a predictor, in Amazon States Language: a Task for each call of a unit, a Parallel for
 * children that get the same message, and a Choice on what a router answers. Its input is a message, and its
 * output the answer.
 *
 * @param own - the functions of the classes of the project.
 * @returns the text of the definition.
 * @see https://states-language.net/
 * @throws UserError for what a state machine cannot do, naming the unit.
 */
export function machineOf(predictor: PredictorPlan, comment: string, own: OwnFunctions): string {
  try {
    const machine = new Builder(predictor, own).machine(predictor.root);
    const text = JSON.stringify({ Comment: comment, ...machine }, undefined, 2);
    if (Buffer.byteLength(text) <= MAX_BYTES) {
      return text;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
  }
  throw new UserError(
    'the graph has too many states for one state machine, whose definition has at most 1 MB: what is below a ' +
      'router is there for each of its routes, and once more for all of them',
  );
}

class Builder {
  readonly #names = new Names();
  readonly #units: Readonly<Record<string, UnitPlan>>;
  readonly #own: OwnFunctions;
  readonly #timeoutSeconds: number | undefined;
  /** Of the machine or branch that is being made. */
  #states: Record<string, State> = {};

  constructor({ units, restTimeoutMs }: PredictorPlan, own: OwnFunctions) {
    this.#units = units;
    this.#own = own;
    this.#timeoutSeconds = restTimeoutMs === undefined ? undefined : Math.ceil(restTimeoutMs / 1000);
  }

  machine(root: NodePlan): Machine {
    const around = this.#states;
    this.#states = {};
    const StartAt =
      this.#node(root, undefined) ?? this.#add(`Pass ${root.unit}`, { Type: 'Pass', End: true });
    const States = Object.fromEntries(Object.entries(this.#states).reverse());
    this.#states = around;
    return { StartAt, States };
  }

  /** Adds the states of a node, before `next`. @returns the first of them; `next` when there is none. */
  #node(node: NodePlan, next: string | undefined): string | undefined {
    const { unit, input, children, transformsOutput } = node;
    let first = next;
    if (transformsOutput) {
      first = this.#call(unit, 'transformOutput', first);
    }
    if (children.length > 0) {
      first = node.routes ? this.#router(node, first) : this.#children(node, children, first);
    }
    return input === undefined ? first : this.#call(unit, input, first);
  }

  #call(unit: string, method: StateMethod, next: string | undefined): string {
    return this.#invoke(unit, method, method === 'aggregate' ? MESSAGES : WHOLE, {
      OutputPath: '$.Payload',
      ...follow(next),
    });
  }

  #invoke(unit: string, method: StateMethod, payload: State, rest: State): string {
    const { target } = this.#units[unit] as UnitPlan;
    if (target.startsWith('implementation:')) {
      const word = target.slice('implementation:'.length);
      throw new UserError(
        `the unit ${unit} is ${word}, code of this package, which no function and no state does; make it a class ` +
          'with a function, or leave it out',
      );
    }
    const name = functionName(unit, target, method, this.#own);
    return this.#add(`${method} ${unit}`, invoke(name, payload, this.#timeoutSeconds, rest));
  }

  /** Some children that get the same message, and what is made of their answers. */
  #children(node: NodePlan, called: readonly NodePlan[], next: string | undefined): string | undefined {
    const { unit, aggregates, optional = [] } = node;
    if (optional.length > 0) {
      throw new UserError(
        `the unit ${unit} does without children that fail, which no state machine can say; expected no annotation ` +
          `seldon-lambda.io/optional.${node.children[optional[0] as number]?.unit}`,
      );
    }
    const [only] = called;
    if (only !== undefined && called.length === 1 && !aggregates) {
      return this.#node(only, next);
    }
    const after = aggregates ? this.#call(unit, 'aggregate', next) : next;
    return this.#add(`Children of ${unit}`, {
      Type: 'Parallel',
      Branches: called.map((child) => this.machine(child)),
      ...(!aggregates && { OutputPath: '$[0]' }),
      ...follow(after),
    });
  }

  #router(node: NodePlan, next: string | undefined): string | undefined {
    const { unit, children } = node;
    const plan = this.#units[unit] as UnitPlan;
    return plan.target.startsWith('implementation:')
      ? this.#byDraw(unit, drawsOf(unit, plan, children), next)
      : this.#byRoute(node, next);
  }

  /** A Choice on the answer of a unit, which says the place of a child, -1 for all, or -2 for none. */
  #byRoute(node: NodePlan, next: string | undefined): string {
    const { unit, children } = node;
    const to = (what: string, called: readonly NodePlan[]) =>
      this.#unwrapped(`${what} of ${unit}`, this.#children(node, called, next));
    const routes = [
      ...children.map((child, place) => [place, to(`Child ${place}`, [child])] as const),
      [-1, to('All', children)] as const,
      [-2, this.#unwrapped(`None of ${unit}`, next)] as const,
    ];
    const failed = this.#add(`Bad route of ${unit}`, {
      Type: 'Fail',
      Error: 'GRAPH_BAD_ROUTE',
      Cause: `router ${unit} answered no route; expected -2 (none), -1 (all) or 0 to ${children.length - 1}`,
    });
    const choice = this.#add(`Route of ${unit}`, {
      Type: 'Choice',
      Choices: routes.map(([route, Next]) => ({ Or: ROUTES.map((path) => isRoute(path, route)), Next })),
      Default: failed,
    });
    const asked = this.#invoke(unit, 'route', MESSAGE, { ResultPath: '$.route', Next: choice });
    return this.#wrapped(unit, {}, asked);
  }

  /** A Choice on a number that is drawn, from 0 up to a million. */
  #byDraw(unit: string, draws: readonly Draw[], next: string | undefined): string | undefined {
    // One of the weights is above 0.
    const last = draws.at(-1) as Draw;
    if (draws.length === 1) {
      return this.#node(last.child, next);
    }
    const to = ({ child, place }: Draw) =>
      this.#unwrapped(`Child ${place} of ${unit}`, this.#node(child, next));
    const Choices = draws
      .slice(0, -1)
      .map((draw) => ({ Variable: '$.drawn', NumericLessThan: draw.below, Next: to(draw) }));
    const choice = this.#add(`Choice of ${unit}`, { Type: 'Choice', Choices, Default: to(last) });
    return this.#wrapped(unit, { 'drawn.$': 'States.MathRandom(0, 1000000)' }, choice);
  }

  /** The message beside what a choice is made by, since a Choice passes on all that it gets. */
  #wrapped(unit: string, more: State, next: string): string {
    return this.#add(`Message of ${unit}`, {
      Type: 'Pass',
      Parameters: { 'message.$': '$', ...more },
      Next: next,
    });
  }

  #unwrapped(name: string, next: string | undefined): string {
    return this.#add(name, { Type: 'Pass', OutputPath: '$.message', ...follow(next) });
  }

  /** Adds a state. They are made from the last one to the first. */
  #add(wanted: string, state: State): string {
    const name = this.#names.of(wanted);
    this.#states[name] = state;
    return name;
  }
}

const WHOLE = { 'Payload.$': '$' };
/** An object, as emulators of Step Functions want it. */
const MESSAGES = { Payload: { 'seldonMessages.$': '$' } };
const MESSAGE = { 'Payload.$': '$.message' };

/** The places of a route in the answer of a router, by the forms of its array. */
const ROUTES = ['tensor.values[0]', 'ndarray[0]', 'ndarray[0][0]'].map(
  (path) => `$.route.Payload.data.${path}`,
);

function isRoute(Variable: string, route: number) {
  return {
    And: [
      { Variable, IsPresent: true },
      { Variable, NumericEquals: route },
    ],
  };
}
