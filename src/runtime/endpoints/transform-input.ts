import { methodEndpoint } from '../pipeline/pipeline.ts';

/** Answers the features as the model transforms them on their way in; unchanged without `transformInput`. */
export const transformInput = methodEndpoint('transform-input', {
  method: 'transformInput',
  metricTag: 'inputtransform',
  request: 'message',
  call: (model, { features, names, meta }, call) => model.transformInput(features, names, meta, call),
  fallback: ({ features }) => features,
});
