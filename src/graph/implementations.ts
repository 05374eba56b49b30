import type { NodePlan, UnitType } from '../runtime/graph/plan.ts';

/** The calls at a node. */
export type Calls = Pick<NodePlan, 'input' | 'routes' | 'aggregates' | 'transformsOutput' | 'getsFeedback'>;

/** An implementation that is code of this package: the unit needs no class. */
export interface Implementation {
  /** The type that it is of, whatever the unit says. */
  readonly type: UnitType;
  /** The calls that it makes; no other. */
  readonly calls: Partial<Calls>;
  /** Finds what is wrong with its parameters or with the number of its children. */
  check?(parameters: Readonly<Record<string, unknown>>, children: number): string | undefined;
}

/** Such implementations by Seldon's word. They do what Seldon's documents say, as its Java engine did. */
export const IMPLEMENTATIONS: Readonly<Record<string, Implementation>> = {
  RANDOM_ABTEST: { type: 'ROUTER', calls: { routes: true }, check: checkTest },
  AVERAGE_COMBINER: { type: 'COMBINER', calls: { aggregates: true }, check: needsChild },
  SIMPLE_MODEL: { type: 'MODEL', calls: { input: 'predict' } },
  SIMPLE_ROUTER: { type: 'ROUTER', calls: { routes: true }, check: needsChild },
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
