import type { GraphPlan, NodePlan } from '../runtime/graph/plan.ts';
import { modelOf } from './targets.ts';

/** A method that a class has to have. */
export interface Need {
  /** As MODEL_NAME has it. */
  readonly model: string;
  readonly method: 'predict' | 'route' | 'aggregate' | 'transformInput' | 'transformOutput';
  /** The first unit that needs it. */
  readonly unit: string;
}

/** The methods that are called of the classes of a plan, each once. */
export function needsOf({ predictors }: GraphPlan): Need[] {
  const found = new Map<string, Need>();
  for (const { root, units } of predictors) {
    const waiting: NodePlan[] = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const model = modelOf(units[node.unit]?.target ?? '');
      for (const method of model === undefined ? [] : methodsOf(node)) {
        const key = `${model} ${method}`;
        found.set(key, found.get(key) ?? { model: model as string, method, unit: node.unit });
      }
      waiting.push(...[...node.children].reverse());
    }
  }
  return [...found.values()];
}

function methodsOf({ input, routes, aggregates, transformsOutput }: NodePlan): Need['method'][] {
  return [
    ...(input === undefined ? [] : [input]),
    ...(routes ? (['route'] as const) : []),
    ...(aggregates ? (['aggregate'] as const) : []),
    ...(transformsOutput ? (['transformOutput'] as const) : []),
  ];
}
