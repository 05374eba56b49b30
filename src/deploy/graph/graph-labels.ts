import type { GraphPlan } from '../../runtime/graph/plan.ts';

/**
 * The variables by which a function finds what belongs to a graph, such as its metrics: those that the
 * function of the graph takes from the plan.
 */
export function graphLabels({ deployment, predictors: [first] }: GraphPlan): Record<string, string> {
  return {
    SELDON_DEPLOYMENT_ID: deployment,
    ...(first !== undefined && { PREDICTOR_ID: first.name, PREDICTOR_LABELS: JSON.stringify(first.labels) }),
  };
}

/** The same without those that are set already. */
export function missingLabels(
  plan: GraphPlan,
  environment: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const labels = Object.entries(graphLabels(plan));
  return Object.fromEntries(labels.filter(([name]) => environment[name] == null));
}
