import type { GraphPlan, NodePlan, UnitPlan, UnitType } from '../../../src/runtime/graph/plan.ts';
import type { GraphCase, UnitJson } from './graph-case.ts';

/** Makes the plan of a case. `target`: where a unit runs. `logger`: the URL of all loggers. */
export function planOf(
  { graph, annotations = {}, env = {}, models = {} }: GraphCase,
  target: (name: string) => string,
  logger?: string,
): GraphPlan {
  const units: Record<string, UnitPlan> = {};
  const root = nodeOf(graph, (unit) => {
    units[unit.name] = {
      target: isHardcoded(unit) ? `implementation:${unit.implementation}` : target(unit.name),
      image: models[unit.name]?.image,
      parameters: JSON.stringify(models[unit.name]?.parameters ?? unit.parameters ?? []),
      metadata: '',
      ...(unit.logger && { logger: { mode: unit.logger.mode, url: logger } }),
    };
  });
  const timeout = annotations['seldon.io/rest-timeout'];
  return {
    deployment: 'dep',
    predictors: [
      {
        name: 'main',
        labels: { version: 'main' },
        traffic: 100,
        isShadow: false,
        isRoutingInjected: env.SELDON_ENABLE_ROUTING_INJECTION !== undefined,
        ...(timeout !== undefined && { restTimeoutMs: Number(timeout) }),
        root,
        units,
      },
    ],
  };
}

const HARDCODED = ['RANDOM_ABTEST', 'AVERAGE_COMBINER', 'SIMPLE_MODEL', 'SIMPLE_ROUTER'];

function isHardcoded({ implementation = '' }: UnitJson): boolean {
  return HARDCODED.includes(implementation);
}

function nodeOf(unit: UnitJson, note: (unit: UnitJson) => void): NodePlan {
  note(unit);
  const { methods = [], implementation = 'UNKNOWN_IMPLEMENTATION' } = unit;
  const hardcoded = isHardcoded(unit) ? implementation : undefined;
  const isPrepackaged = !hardcoded && implementation !== 'UNKNOWN_IMPLEMENTATION';
  const untyped = unit.methods === undefined && hardcoded === undefined ? 'MODEL' : 'UNKNOWN_TYPE';
  const type = (isPrepackaged ? 'MODEL' : (unit.type ?? untyped)) as UnitType;
  const has = (method: string, of: UnitType) => !hardcoded && (type === of || methods.includes(method));
  return {
    unit: unit.name,
    type:
      hardcoded === 'AVERAGE_COMBINER'
        ? 'COMBINER'
        : hardcoded === 'SIMPLE_MODEL'
          ? 'MODEL'
          : hardcoded
            ? 'ROUTER'
            : type,
    input: has('TRANSFORM_INPUT', 'TRANSFORMER')
      ? 'transformInput'
      : hardcoded === 'SIMPLE_MODEL' || (!hardcoded && type === 'MODEL')
        ? 'predict'
        : undefined,
    routes: has('ROUTE', 'ROUTER') || hardcoded === 'RANDOM_ABTEST' || hardcoded === 'SIMPLE_ROUTER',
    aggregates: has('AGGREGATE', 'COMBINER') || hardcoded === 'AVERAGE_COMBINER',
    transformsOutput: has('TRANSFORM_OUTPUT', 'OUTPUT_TRANSFORMER'),
    getsFeedback: !hardcoded && (type === 'MODEL' || type === 'ROUTER' || methods.includes('SEND_FEEDBACK')),
    children: (unit.children ?? []).map((child) => nodeOf(child, note)),
  };
}
