import { readCondition } from '../runtime/graph/conditions/condition.ts';
import { ConditionError } from '../runtime/graph/conditions/tokens.ts';
import type { NodePlan, UnitType } from '../runtime/graph/plan.ts';
import { brief } from './part.ts';

/** The calls at a node. */
export type Calls = Pick<
  NodePlan,
  'input' | 'routes' | 'aggregates' | 'transformsOutput' | 'getsFeedback' | 'atOnce'
>;

/** An implementation that is code of this package: the unit needs no class. */
export interface Implementation {
  /** The type that it is of, whatever the unit says. */
  readonly type: UnitType;
  /** The calls that it makes; no other. */
  readonly calls: Partial<Calls>;
  /** Finds what is wrong with its parameters or with the number of its children. */
  check?(parameters: Readonly<Record<string, unknown>>, children: number): string | undefined;
}

/**
 * Such implementations by their word. Those of Seldon do what Seldon's documents say, as its Java engine did.
 */
export const IMPLEMENTATIONS: Readonly<Record<string, Implementation>> = {
  RANDOM_ABTEST: { type: 'ROUTER', calls: { routes: true }, check: checkTest },
  AVERAGE_COMBINER: { type: 'COMBINER', calls: { aggregates: true }, check: needsChild },
  SIMPLE_MODEL: { type: 'MODEL', calls: { input: 'predict' } },
  SIMPLE_ROUTER: { type: 'ROUTER', calls: { routes: true }, check: needsChild },
  // Seldon has none of these.
  WEIGHTED: { type: 'ROUTER', calls: { routes: true }, check: checkWeights },
  SWITCH: { type: 'ROUTER', calls: { routes: true }, check: checkSwitch },
  CASCADE: { type: 'ROUTER', calls: { routes: true, atOnce: 1 }, check: checkCascade },
};

/** The word for a unit that is a container. */
export const NO_IMPLEMENTATION = 'UNKNOWN_IMPLEMENTATION';

/** The implementation of a word; undefined for a container and for a prepackaged server. */
export function implementationOf(word: string | undefined): Implementation | undefined {
  return word !== undefined && Object.hasOwn(IMPLEMENTATIONS, word) ? IMPLEMENTATIONS[word] : undefined;
}

function checkTest(parameters: Readonly<Record<string, unknown>>, children: number): string | undefined {
  const { ratioA = 0.5, ...others } = parameters;
  const [other] = Object.keys(others);
  if (children !== 2) {
    return `has ${children} ${children === 1 ? 'child' : 'children'}; expected exactly 2`;
  }
  if (other !== undefined) {
    return `has the parameter ${other}; expected ratioA alone`;
  }
  return typeof ratioA === 'number' && ratioA >= 0 && ratioA <= 1
    ? undefined
    : `has the parameter ratioA ${JSON.stringify(String(ratioA))}; expected a FLOAT from 0 to 1`;
}

function needsChild(_parameters: Readonly<Record<string, unknown>>, children: number): string | undefined {
  return children === 0 ? 'has no child; expected at least one' : undefined;
}

type Parameters = Readonly<Record<string, unknown>>;

function checkWeights(parameters: Parameters, children: number): string | undefined {
  const problem = needsChild(parameters, children) ?? needsEach(parameters, children, 'a weight');
  if (problem !== undefined) {
    return problem;
  }
  const weights = Object.entries(parameters);
  const bad = weights.find(([, weight]) => typeof weight !== 'number' || !(weight >= 0 && weight < Infinity));
  if (bad !== undefined) {
    return `has the parameter ${bad[0]} ${show(bad[1])}; expected an INT or a FLOAT from 0 on`;
  }
  const total = weights.reduce((sum, [, weight]) => sum + (weight as number), 0);
  if (total === Number.POSITIVE_INFINITY) {
    return 'has weights whose sum is beyond all numbers; expected smaller ones';
  }
  return total > 0 ? undefined : 'has no child with a weight above 0; expected one at least';
}

function checkSwitch(parameters: Parameters, children: number): string | undefined {
  const { default: otherwise, ...conditions } = parameters;
  const isPlace = (place: unknown) => typeof place === 'number' && place >= 0 && place < children;
  if (otherwise !== undefined && !(isPlace(otherwise) && Number.isInteger(otherwise))) {
    return `has the parameter default ${show(otherwise)}; expected an INT from 0 to ${children - 1}, of a child`;
  }
  const stray = Object.keys(conditions).find(
    (name) => !/^(0|[1-9]\d*)$/.test(name) || !isPlace(Number(name)),
  );
  if (stray !== undefined) {
    return `has the parameter ${stray}; expected default, or 0 to ${children - 1}, the place of a child`;
  }
  const never = Array.from({ length: children }, (_, place) => place).find(
    (place) => place !== otherwise && !Object.hasOwn(conditions, place),
  );
  return (
    needsChild(parameters, children) ??
    (never === undefined
      ? checkConditions(conditions)
      : `has no parameter ${never}, the condition of a child that is not the default, either`)
  );
}

function checkCascade(parameters: Parameters, children: number): string | undefined {
  return (
    needsChild(parameters, children) ??
    needsEach(parameters, children - 1, 'the condition to go on after its answer') ??
    checkConditions(parameters)
  );
}

/** Finds a child without its parameter, and a parameter without its child. */
function needsEach(parameters: Parameters, count: number, what: string): string | undefined {
  const places = Array.from({ length: count }, (_, place) => String(place));
  const missing = places.find((place) => !Object.hasOwn(parameters, place));
  if (missing !== undefined) {
    return `has no parameter ${missing}; expected ${what} for each child, by its place from 0 on`;
  }
  const stray = Object.keys(parameters).find((name) => !places.includes(name));
  return stray === undefined
    ? undefined
    : `has the parameter ${stray}; expected ${places.join(', ') || 'none'}`;
}

function checkConditions(conditions: Parameters): string | undefined {
  for (const [name, condition] of Object.entries(conditions)) {
    if (typeof condition !== 'string') {
      return `has the parameter ${name} ${show(condition)}; expected a STRING with a condition`;
    }
    try {
      readCondition(condition);
    } catch (error) {
      if (error instanceof ConditionError) {
        return `has the parameter ${name}, whose condition ${error.message}`;
      }
      throw error;
    }
  }
  return undefined;
}

function show(value: unknown): string {
  return brief(String(value));
}
