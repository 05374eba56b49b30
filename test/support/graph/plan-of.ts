import { implementationOf } from '../../../src/graph/implementations.ts';
import type { GraphPlan } from '../../../src/runtime/graph/plan.ts';
import { compile } from '../graph-document.ts';
import type { GraphCase, UnitJson } from './graph-case.ts';

/**
 * Compiles the graph of a case, as a user's SeldonDeployment.
 *
 * @param target - where a unit runs. @param logger - the URL of all loggers.
 */
export async function planOf(
  { graph, protocol, annotations = {}, env = {}, models = {} }: GraphCase,
  target: (name: string) => string,
  logger?: string,
): Promise<GraphPlan> {
  const units = unitsOf(graph);
  const containers = [...new Set(units.map(({ name }) => name))].map((name) => ({
    name,
    image: models[name]?.image,
  }));
  const document = {
    apiVersion: 'machinelearning.seldon.io/v1',
    kind: 'SeldonDeployment',
    metadata: { name: 'dep' },
    spec: {
      ...(protocol !== undefined && { protocol }),
      annotations,
      predictors: [
        {
          name: 'main',
          graph: withOwn(graph, models, logger),
          componentSpecs: [{ spec: { containers } }],
          svcOrchSpec: { env: Object.entries(env).map(([name, value]) => ({ name, value })) },
        },
      ],
    },
  };
  const own = units.filter((unit) => !isHardcoded(unit)).map(({ name }) => name);
  const { plan } = await compile(document, {
    models: own,
    nodes: Object.fromEntries(own.map((name) => [name, target(name)])),
    // On by default where there is a router; a case says what it was recorded with.
    ...(env.SELDON_ENABLE_ROUTING_INJECTION === undefined && { isRoutingInjected: false }),
  });
  return plan;
}

function isHardcoded({ implementation }: UnitJson): boolean {
  return implementationOf(implementation) !== undefined;
}

function unitsOf(unit: UnitJson): UnitJson[] {
  return [unit, ...(unit.children ?? []).flatMap(unitsOf)];
}

function withOwn(unit: UnitJson, models: NonNullable<GraphCase['models']>, logger?: string): UnitJson {
  const { parameters = unit.parameters } = models[unit.name] ?? {};
  return {
    ...unit,
    ...(parameters && { parameters }),
    ...(unit.logger && logger !== undefined && { logger: { ...unit.logger, url: logger } }),
    ...(unit.children && { children: unit.children.map((child) => withOwn(child, models, logger)) }),
  };
}
