import { createHandler } from '../../../src/handler.ts';
import { graphEndpoints } from '../../../src/runtime/graph/endpoints.ts';
import { openGraph } from '../../../src/runtime/graph/open-graph.ts';
import type { GraphPlan, NodePlan, UnitPlan } from '../../../src/runtime/graph/plan.ts';
import type { UnitSettings } from '../../../src/runtime/unit/settings.ts';
import type { PredictHandler } from '../../../test/support/predict-event.ts';
import { First } from '../../models/First.ts';
import { Identity } from '../../models/Identity.ts';
import { Scale } from '../../models/Scale.ts';

const CALLS = { routes: false, aggregates: false, transformsOutput: false, getsFeedback: false };

function chain(count: number): NodePlan {
  const children = count > 1 ? [chain(count - 1)] : [];
  return { ...CALLS, unit: `n${count}`, type: 'MODEL', input: 'predict', children };
}

function combiner(count: number): NodePlan {
  const children = Array.from({ length: count }, (_, index) => ({ ...chain(1), unit: `n${index + 1}` }));
  return { ...CALLS, unit: 'first', type: 'COMBINER', aggregates: true, children };
}

/** The models are bundled with this process: those of the artifact would have an NdArray of their own. */
const MODELS = { Identity, Scale, First };

/** The class of each unit of this process, by its target. */
function classesOf({ predictors }: GraphPlan): Record<string, Partial<UnitSettings>> {
  const units = Object.entries(predictors[0]?.units ?? {});
  return Object.fromEntries(
    units.map(([name, { target }]) => {
      const model = target.replace('model:', '') as keyof typeof MODELS;
      const found = { name: model, importModule: async () => ({}), classIn: () => MODELS[model] as never };
      return [name, { found }];
    }),
  );
}

/** A graph to serve. */
export interface GraphSpec {
  readonly units: number;
  /** Whether they are children of a combiner; otherwise they are a chain. */
  readonly isCombined?: boolean;
  /** Where they run; default: model Identity, in this process. */
  readonly target?: string;
}

/** Serves a graph. */
export function serve({
  units: count,
  isCombined = false,
  target = 'model:Identity',
}: GraphSpec): Promise<PredictHandler> {
  const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const unit = (target: string): UnitPlan => ({ target, parameters: '[]', metadata: '' });
  const units = {
    ...Object.fromEntries(names.map((name) => [name, unit(target)])),
    first: unit('model:First'),
  };
  const root = isCombined ? combiner(count) : chain(count);
  const plan: GraphPlan = {
    deployment: 'bench',
    predictors: [
      {
        ...{ name: 'main', labels: {}, traffic: 100, isShadow: false, isRoutingInjected: false },
        ...{ root, units },
      },
    ],
  };
  const graph = openGraph({ plan, units: classesOf(plan) });
  return createHandler(graphEndpoints(graph), {
    instance: graph.instance,
  }) as Promise<unknown> as Promise<PredictHandler>;
}
