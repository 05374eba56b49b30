import type { Config } from '../config.ts';
import { graphError } from '../graph-error.ts';
import type { GraphPlan, PredictorPlan } from './plan.ts';

/** The predictors that answer requests: all but the shadows, or the one that SELDON_PREDICTOR names. */
export function answering(
  { predictors }: GraphPlan,
  { SELDON_PREDICTOR: pinned }: Pick<Config, 'SELDON_PREDICTOR'>,
): readonly [PredictorPlan, ...PredictorPlan[]] {
  const found = pinned
    ? predictors.filter(({ name }) => name === pinned)
    : predictors.filter(({ isShadow }) => !isShadow);
  const [first, ...others] = found;
  if (first === undefined) {
    const names = predictors.map(({ name }) => name).join(', ');
    throw graphError(
      'GRAPH_BAD',
      `SELDON_PREDICTOR: the graph has no such predictor; expected one of ${names}`,
    );
  }
  return [first, ...others];
}
