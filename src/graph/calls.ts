import type { UnitType } from '../runtime/graph/plan.ts';
import { type Calls, type Implementation, implementationOf, NO_IMPLEMENTATION } from './implementations.ts';

/** Seldon's words for the methods of a unit. */
export const METHODS = [
  'TRANSFORM_INPUT',
  'TRANSFORM_OUTPUT',
  'ROUTE',
  'AGGREGATE',
  'SEND_FEEDBACK',
] as const;

/** One of these words. */
export type Method = (typeof METHODS)[number];

/** The members of a unit that say which calls are made. */
export interface Kind {
  readonly type: UnitType | undefined;
  /** Undefined when the unit has no list of them, which is not the same as an empty one. */
  readonly methods: readonly Method[] | undefined;
  /** Undefined for a container. */
  readonly implementation: string | undefined;
}

/** Whether a word names a server that Kubernetes would start for the unit, as SKLEARN_SERVER does. */
export function isPrepackaged({ implementation }: Pick<Kind, 'implementation'>): boolean {
  return (
    implementation !== undefined &&
    implementation !== NO_IMPLEMENTATION &&
    implementationOf(implementation) === undefined
  );
}

/** The type of a unit with Seldon's defaults: an implementation has its own type, whatever the unit says. */
export function typeOf(kind: Kind): UnitType {
  const { type, methods, implementation } = kind;
  const own = implementationOf(implementation)?.type;
  if (own !== undefined || isPrepackaged(kind)) {
    return own ?? 'MODEL';
  }
  const says = type ?? methods ?? implementation;
  return type ?? (says === undefined ? 'MODEL' : 'UNKNOWN_TYPE');
}

/**
 * The calls at a node. Methods add to the type: only TRANSFORM_INPUT takes the place of a MODEL's predict. A
 * node without children neither routes nor aggregates.
 *
 * @param runs - the implementation that runs there; undefined when it is a class or elsewhere, even if the
 *   unit names one.
 */
export function callsOf(kind: Kind, hasChildren: boolean, runs?: Implementation): Calls {
  const type = typeOf(kind);
  const has = (method: Method) => kind.methods?.includes(method) ?? false;
  const all: Calls =
    runs === undefined
      ? {
          input:
            type === 'TRANSFORMER' || has('TRANSFORM_INPUT')
              ? 'transformInput'
              : type === 'MODEL'
                ? 'predict'
                : undefined,
          routes: type === 'ROUTER' || has('ROUTE'),
          aggregates: type === 'COMBINER' || has('AGGREGATE'),
          transformsOutput: type === 'OUTPUT_TRANSFORMER' || has('TRANSFORM_OUTPUT'),
          getsFeedback: type === 'MODEL' || type === 'ROUTER' || has('SEND_FEEDBACK'),
        }
      : { ...NONE, ...runs.calls };
  return { ...all, routes: hasChildren && all.routes, aggregates: hasChildren && all.aggregates };
}

const NONE: Calls = {
  input: undefined,
  routes: false,
  aggregates: false,
  transformsOutput: false,
  getsFeedback: false,
};
