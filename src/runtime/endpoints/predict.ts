import { type MethodEndpoint, methodEndpoint } from '../pipeline/pipeline.ts';

const endpoint = methodEndpoint('predict', {
  method: 'predict',
  metricTag: 'predict',
  request: 'message',
  call: (model, { features, names, meta }, call) => model.predict(features, names, meta, call),
  fallback: () => [],
  isPredict: true,
});

/**
 * Answers the answer of the model. A model without `predict` answers an empty array. In a protocol whose
 * paths do not say what is asked, it answers other endpoints, too.
 */
export const predict: MethodEndpoint<'predict', 'message'> = {
  ...endpoint,
  async respond(context) {
    const meant = context.protocol.endpointOf?.(context.request) ?? 'predict';
    return meant === 'predict'
      ? endpoint.respond(context)
      : (await import('./meant.ts')).endpointNamed(meant).respond(context);
  },
};
