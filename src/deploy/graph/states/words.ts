import { modelOf } from '../../../graph/targets.ts';
import type { GraphPlan, PredictorPlan } from '../../../runtime/graph/plan.ts';

/** Sentences about what the graph does, and its state machine does not. */
export function wordsOf({ predictors }: GraphPlan, predictor: PredictorPlan): string[] {
  const units = Object.entries(predictor.units);
  const others = predictors.filter((each) => each !== predictor);
  const named = (names: readonly string[]) => names.slice(0, 20).join(', ');
  const unitsWith = (has: (unit: (typeof units)[number][1]) => boolean) =>
    named(units.filter(([, unit]) => has(unit)).map(([name]) => name));
  const own = unitsWith(
    ({ target, parameters, modelUri }) =>
      modelOf(target) !== undefined && (parameters !== '[]' || modelUri !== undefined),
  );
  const drawing = unitsWith(({ target }) => /:(WEIGHTED|RANDOM_ABTEST)$/.test(target));
  const logged = unitsWith(({ logger }) => logger !== undefined);
  const { restTimeoutMs = 0 } = predictor;
  return [
    ...(others.length === 0
      ? []
      : [
          `only the predictor ${predictor.name} is called, and none of ${named(others.map(({ name }) => name))}`,
        ]),
    ...(own === ''
      ? []
      : [`${own}: the function has its own parameters and MODEL_URI, not those of the graph`]),
    ...(drawing === ''
      ? []
      : [`${drawing}: each execution draws anew, and no caller gets the same child again`]),
    ...(logged === '' ? [] : [`${logged}: no payload is logged, unless the function itself does it`]),
    ...(restTimeoutMs % 1000 === 0
      ? []
      : [`the time of a call is ${Math.ceil(restTimeoutMs / 1000)} s, as it is in whole seconds`]),
  ];
}
