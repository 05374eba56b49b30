import { ROOT } from '../../root.ts';
import type { Config } from '../config.ts';
import { graphError } from '../graph-error.ts';
import { createInstance, type Instance } from '../instance/instance.ts';
import { createOnce } from '../once.ts';
import type { GraphWire } from '../protocols/graph-wire.ts';
import { graphWires } from '../protocols/graph-wires.ts';
import { unitLabels } from '../unit/labels.ts';
import type { PredictorSettings, UnitSettings } from '../unit/settings.ts';
import { bindingOf } from './bindings/index.ts';
import type { BoundUnit } from './bound-unit.ts';
import { failedAt } from './failure.ts';
import { type OpenNode, openNodes } from './open-node.ts';
import type { GraphPlan, PredictorPlan, UnitPlan } from './plan.ts';
import type { UnitLog } from './unit-log.ts';

/** A predictor whose units can be called. */
export interface OpenPredictor {
  readonly plan: PredictorPlan;
  /** Whether its name says something. */
  readonly isOneOfSeveral: boolean;
  /** Of the metrics of its calls. */
  readonly labels: Readonly<Record<string, string>>;
  readonly root: OpenNode;
  readonly units: ReadonlyMap<string, BoundUnit>;
  /** The messages of the graph's protocol. */
  readonly wire: GraphWire;
  /** Logs the payloads of the units that have a logger; undefined: no unit has one. */
  readonly unitLog: UnitLog | undefined;
}

/** The graph of a deployment, with the objects that serve it. */
export interface Graph {
  readonly instance: Instance;
  readonly plan: GraphPlan;
  /** Opens a predictor, at its first use; nothing is called or loaded yet. */
  open(predictor: PredictorPlan): OpenPredictor | Promise<OpenPredictor>;
  /** The messages of the graph's protocol. */
  wire(): Promise<GraphWire>;
  /** The binding of a target. */
  readonly bindingOf: typeof bindingOf;
}

/** Options of a graph. */
export interface GraphOptions {
  readonly plan: GraphPlan;
  /** Default: the environment of the process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Settings of single units, by name; default: those of the plan. */
  readonly units?: Readonly<Record<string, Partial<UnitSettings>>>;
}

/** The prefix of targets that are a class in the same process. */
const LOCAL = 'model:';

/**
 * Makes the instance of a graph, with all units that run in this process. It begins to load what the first
 * request needs, and does not wait for it.
 */
export function openGraph({ plan, environment, units: given = {} }: GraphOptions): Graph {
  const [first] = plan.predictors;
  const settings = plan.predictors.flatMap((predictor) =>
    Object.entries(predictor.units)
      .filter(([, { target }]) => target.startsWith(LOCAL))
      .map(([name, unit]) => ({ ...toSettings(name, unit, predictor), ...given[name] })),
  );
  const defaults = {
    SELDON_DEPLOYMENT_ID: plan.deployment,
    PREDICTOR_ID: first?.name,
    PREDICTOR_LABELS: JSON.stringify(first?.labels ?? {}),
  };
  const instance = createInstance({
    ...(environment !== undefined && { environment }),
    defaults,
    ...(settings.length > 0 && { units: settings }),
    // As of the function that shows the metrics, which knows no unit: series have all that differs from it.
    labels: (config) => labelsOf(first, config, undefined),
  });
  const opening = new Map<PredictorPlan, ReturnType<typeof createOnce<OpenPredictor>>>();
  const opened = new Map<PredictorPlan, OpenPredictor>();
  const wire = createOnce<GraphWire>();
  const graph: Graph = {
    instance,
    plan,
    open(predictor) {
      const open = opened.get(predictor);
      if (open !== undefined) {
        // Not a promise: each await costs a small call.
        return open;
      }
      const once = opening.get(predictor) ?? createOnce<OpenPredictor>();
      opening.set(predictor, once);
      return once(async () => {
        const made = await openPredictor(graph, predictor);
        opened.set(predictor, made);
        return made;
      });
    },
    wire: () => wire(() => wireOf(plan)),
    bindingOf,
  };
  // The first request tries again.
  graph.wire().catch(() => undefined);
  return graph;
}

/** Reads the plan that was packaged. @throws SeldonError GRAPH_BAD when there is none. */
export function readPlan(file: string | URL = `${ROOT}/graph.json`): GraphPlan {
  try {
    return JSON.parse(process.getBuiltinModule('node:fs').readFileSync(file, 'utf8'));
  } catch (cause) {
    throw graphError('GRAPH_BAD', 'graph.json is missing or is not JSON; package the graph again', { cause });
  }
}

async function openPredictor(
  { instance, wire: loadWire, plan: graph }: Graph,
  plan: PredictorPlan,
): Promise<OpenPredictor> {
  const wire = await loadWire();
  const host = { instance, wire, predictor: settingsOf(plan) };
  const units = new Map<string, BoundUnit>();
  const hasLogger = Object.values(plan.units).some(({ logger }) => logger !== undefined);
  const unitLog = hasLogger ? (await import('./unit-log.ts')).openUnitLog(plan, instance) : undefined;
  for (const [name, unit] of Object.entries(plan.units)) {
    try {
      units.set(name, await bindingOf(unit.target).open(name, unit, host));
    } catch (error) {
      throw failedAt(name, error);
    }
  }
  return {
    plan,
    isOneOfSeveral: graph.predictors.length > 1,
    units,
    wire,
    unitLog,
    root: openNodes(plan.root, units),
    labels: { ...labelsOf(plan, instance.config, ''), ...(plan.isShadow && { shadow: 'true' }) },
  };
}

function toSettings(name: string, unit: UnitPlan, predictor: PredictorPlan): Partial<UnitSettings> {
  return {
    id: name,
    predictor: settingsOf(predictor),
    image: unit.image,
    modelName: unit.target.slice(LOCAL.length),
    modelUri: unit.modelUri,
    parameters: unit.parameters,
    metadata: unit.metadata,
  };
}

/** The labels of a graph's own metrics: the executor's have no model. */
function labelsOf(
  plan: PredictorPlan | undefined,
  config: Config,
  model: string | undefined,
): Readonly<Record<string, string>> {
  return unitLabels({ id: model, image: model, ...(plan && { predictor: settingsOf(plan) }) }, config);
}

function settingsOf({ name, labels }: PredictorPlan): PredictorSettings {
  return { id: name, labels: JSON.stringify(labels) };
}

async function wireOf({ protocol = 'seldon' }: GraphPlan): Promise<GraphWire> {
  const load = graphWires[protocol];
  if (load === undefined) {
    throw graphError('GRAPH_BAD', `the protocol ${protocol} has no graphs`);
  }
  return load();
}
