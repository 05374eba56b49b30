import { createMethodHandler } from '../src/handler.ts';

export const handler = await createMethodHandler('health-status', {
  method: 'healthStatus',
  metricTag: 'health',
  request: 'none',
  call: (model) => model.healthStatus(),
  fallback: (_input, declared) => (declared ? 'not implemented - assuming healthy' : 'healthy'),
  failureStatus: 503,
});
