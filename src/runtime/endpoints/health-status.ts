import { methodEndpoint } from '../pipeline/pipeline.ts';
import { toHealth } from './health.ts';

/** Answers whether the model can serve. */
export const healthStatus = methodEndpoint('health-status', {
  method: 'healthStatus',
  metricTag: 'health',
  request: 'none',
  call: (model, _input, call) => model.healthStatus(call),
  fallback: (_input, declared) => (declared ? 'not implemented - assuming healthy' : 'healthy'),
  result: toHealth,
  failureStatus: 503,
});
