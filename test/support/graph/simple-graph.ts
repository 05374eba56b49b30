import type { GraphPlan, PredictorPlan } from '../../../src/runtime/graph/plan.ts';
import type { UnitSettings } from '../../../src/runtime/unit/settings.ts';
import type { UnitJson } from './graph-case.ts';
import { planOf } from './plan-of.ts';

/** Makes the plan of a graph with one predictor. `target`: where a unit runs; default: in the process. */
export async function graphPlan(
  graph: UnitJson,
  {
    target = (name) => `model:${name}`,
    injected = false,
    protocol,
    ...predictor
  }: Partial<PredictorPlan> & {
    target?: (name: string) => string;
    injected?: boolean;
    protocol?: 'v2' | 'tensorflow';
  } = {},
): Promise<GraphPlan> {
  const plan = await planOf(
    {
      ...{ id: '', title: '', source: '', request: { path: '' }, expect: {}, calls: [], graph },
      ...(protocol !== undefined && { protocol }),
      ...(injected && { env: { SELDON_ENABLE_ROUTING_INJECTION: 'true' } }),
    },
    target,
  );
  const [first] = plan.predictors as [PredictorPlan];
  return { ...plan, predictors: [{ ...first, ...predictor }] };
}

/** The plan with another name of a unit, also one that the compiler refuses. */
export function renamed(plan: GraphPlan, from: string, to: string): GraphPlan {
  return JSON.parse(JSON.stringify(plan).replaceAll(JSON.stringify(from), () => JSON.stringify(to)));
}

/** The settings of a unit that is an object of this class. */
export function unitOf(Class: new (parameters: never) => object): Partial<UnitSettings> {
  return { found: { name: Class.name, importModule: async () => ({}), classIn: () => Class as never } };
}

/** A request of a prediction. */
export function prediction(body: string | object, headers: Record<string, string> = {}) {
  return {
    method: 'POST',
    path: '/api/v1.0/predictions',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** A request of a feedback. */
export function feedback(body: object, headers: Record<string, string> = {}) {
  return { ...prediction(body, headers), path: '/api/v1.0/feedback' };
}
