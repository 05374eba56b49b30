import { methodEndpoint } from '../pipeline/pipeline.ts';

/** Answers the answer of the model. A model without `predict` answers an empty array. */
export const predict = methodEndpoint('predict', {
  method: 'predict',
  metricTag: 'predict',
  request: 'message',
  call: (model, { features, names, meta }, call) => model.predict(features, names, meta, call),
  fallback: () => [],
  isPredict: true,
});
