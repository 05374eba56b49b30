import type { Graph } from './open-graph.ts';
import type { GraphPlan, NodePlan, PredictorPlan, UnitPlan } from './plan.ts';

/** A node as a document shows it. It has no address: the document may be open to everyone. */
export interface DescribedNode {
  readonly unit: string;
  readonly type: NodePlan['type'];
  /** Where the unit runs: `local` is in the process of the graph. */
  readonly where: 'local' | 'implementation' | 'lambda' | 'http';
  /** Seldon's word for code of this package: `RANDOM_ABTEST`. */
  readonly implementation?: string;
  /** Whether it chooses one of its children. */
  readonly routes: boolean;
  readonly children: readonly DescribedNode[];
}

/** A graph as `x-seldon-graph` of the document has it. */
export function describeTree({ plan: { deployment, predictors }, bindingOf }: Graph) {
  const describe = (node: NodePlan, units: PredictorPlan['units']): DescribedNode => {
    const { target } = units[node.unit] as UnitPlan;
    const { name } = bindingOf(target);
    return {
      unit: node.unit,
      type: node.type,
      // The names of the bindings are these words.
      where: (name === 'model' ? 'local' : name) as DescribedNode['where'],
      ...(name === 'implementation' && { implementation: target.slice('implementation:'.length) }),
      routes: node.routes,
      children: node.children.map((child) => describe(child, units)),
    };
  };
  return {
    deployment,
    predictors: predictors.map((predictor) => ({
      name: predictor.name,
      version: versionOf(predictor),
      traffic: predictor.traffic,
      shadow: predictor.isShadow,
      routing: predictor.isRoutingInjected,
      graph: describe(predictor.root, predictor.units),
    })),
  };
}

/** The version of a predictor, as in the labels of its metrics. */
export function versionOf({ labels, name }: PredictorPlan): string {
  return labels.version ?? name;
}

/** A routing that an answer of this predictor may have: each router has chosen its first child. */
export function exampleRouting(
  { deployment, predictors }: GraphPlan,
  predictor: PredictorPlan,
): Readonly<Record<string, number>> {
  const routing: Record<string, number> = Object.create(null);
  if (predictors.length > 1) {
    routing[deployment] = predictors.indexOf(predictor);
  }
  const visit = ({ unit, input, routes, children }: NodePlan) => {
    if (input !== undefined || children.length > 0) {
      routing[unit] = routes && children.length > 0 ? 0 : -1;
    }
    for (const child of routes ? children.slice(0, 1) : children) {
      visit(child);
    }
  };
  visit(predictor.root);
  return routing;
}
