import { compileGraph } from '../../src/graph/compile.ts';
import type { Compiled } from '../../src/graph/deployment.ts';

/** The world around a graph: the models that are there, and what the shell says. */
export interface World {
  /** Names as MODEL_NAME has them. Default: {@link MODELS}. */
  readonly models?: readonly string[];
  /** SELDON_GRAPH_NODES. */
  readonly nodes?: Readonly<Record<string, string>>;
  readonly isRoutingInjected?: boolean;
  readonly deployment?: string;
}

/** Units of these names are bound to a class. */
export const MODELS = ['a', 'b', 'c', 'd', 'm', 'r', 't', 'o', 'Classifier1'];

/** Compiles a text. @throws UserError */
export function compileText(text: string, world: World = {}): Promise<Compiled> {
  const { models = MODELS, nodes = {}, isRoutingInjected, deployment } = world;
  return compileGraph(text, 'graph.yaml', {
    models,
    hasModel: (name) => models.includes(name),
    modelFolder: 'models',
    nodes: new Map(
      Object.entries(nodes).map(([unit, target]) => [unit, { target, from: 'SELDON_GRAPH_NODES' }]),
    ),
    isRoutingInjected,
    deployment,
  });
}

/** Compiles a document. @throws UserError */
export function compile(document: unknown, world?: World): Promise<Compiled> {
  return compileText(JSON.stringify(document), world);
}

/** A SeldonDeployment of one predictor `main` with this graph; `more`: of the predictor. */
export function deployment(graph: unknown, more: Readonly<Record<string, unknown>> = {}) {
  return deploymentOf([{ name: 'main', graph, ...more }]);
}

/** A SeldonDeployment of these predictors; `spec`: more of its members. */
export function deploymentOf(predictors: unknown, spec: Readonly<Record<string, unknown>> = {}) {
  return {
    apiVersion: 'machinelearning.seldon.io/v1',
    kind: 'SeldonDeployment',
    metadata: { name: 'shop' },
    spec: { ...spec, predictors },
  };
}

/** A unit. */
export function unit(name: string, type?: string, children: readonly unknown[] = [], more: object = {}) {
  return {
    name,
    ...(type !== undefined && { type }),
    ...(children.length > 0 && { children }),
    ...more,
  };
}

/** The sentence that a graph is refused with. @throws Error when it is not refused, or by another error. */
export async function refusal(compiling: Promise<Compiled>): Promise<string> {
  const error = await compiling.then(
    () => new Error('it is not refused'),
    (thrown: unknown) => thrown as Error,
  );
  if (error.name !== 'UserError') {
    throw error;
  }
  return error.message;
}
