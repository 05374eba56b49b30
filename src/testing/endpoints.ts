import type { Endpoint } from '../runtime/instance/endpoint.ts';
import type { EndpointName } from '../runtime/routes.ts';

/** All endpoints by name, each loaded at its first request, as in a deployment. */
export const ENDPOINTS: Readonly<Record<EndpointName, () => Promise<Endpoint>>> = {
  predict: async () => (await import('../runtime/endpoints/predict.ts')).predict,
  'transform-input': async () => (await import('../runtime/endpoints/transform-input.ts')).transformInput,
  'transform-output': async () => (await import('../runtime/endpoints/transform-output.ts')).transformOutput,
  route: async () => (await import('../runtime/endpoints/route.ts')).route,
  aggregate: async () => (await import('../runtime/endpoints/aggregate.ts')).aggregate,
  'send-feedback': async () => (await import('../runtime/endpoints/send-feedback.ts')).sendFeedback,
  'health-status': async () => (await import('../runtime/endpoints/health-status.ts')).healthStatus,
  ping: async () => (await import('../runtime/endpoints/ping.ts')).ping,
  metadata: async () => (await import('../runtime/endpoints/metadata.ts')).metadata,
  metrics: async () => (await import('../runtime/endpoints/metrics.ts')).metrics,
  openapi: async () => (await import('../runtime/endpoints/openapi.ts')).openapi,
  docs: async () => (await import('../runtime/endpoints/docs.ts')).docs,
};
