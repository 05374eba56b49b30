import { createMethodHandler } from '../src/handler.ts';
import { toHealth } from '../src/runtime/endpoints/health.ts';
import { ping } from '../src/runtime/endpoints/ping.ts';

export const handler = await createMethodHandler(
  'health-status',
  {
    method: 'healthStatus',
    metricTag: 'health',
    request: 'none',
    call: (model, _input, call) => model.healthStatus(call),
    fallback: (_input, declared) => (declared ? 'not implemented - assuming healthy' : 'healthy'),
    result: toHealth,
    failureStatus: 503,
  },
  { beside: [ping] },
);
