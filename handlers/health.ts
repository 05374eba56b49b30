import { ping } from '../src/runtime/endpoints/ping.ts';
import { createMethodHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createMethodHandler(
  {
    method: 'healthStatus',
    routes: { '/health/status': ['GET'], '/api/v1.0/health/status': ['GET'] },
    metricTag: 'health',
    request: 'none',
    call: (model) => model.healthStatus(),
    fallback: (_input, declared) => (declared ? 'not implemented - assuming healthy' : 'healthy'),
    failureStatus: 503,
  },
  ping,
);
