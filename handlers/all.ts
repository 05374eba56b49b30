import { createDispatcher } from '../src/handler.ts';

/** Answers the paths of all functions: for a deployment with one function, `functions=single`. */
export const handler = await createDispatcher({
  predict: () => import('./predict.ts'),
  'transform-input': () => import('./transform-input.ts'),
  'transform-output': () => import('./transform-output.ts'),
  route: () => import('./route.ts'),
  aggregate: () => import('./aggregate.ts'),
  'send-feedback': () => import('./send-feedback.ts'),
  health: () => import('./health.ts'),
  ping: () => import('./ping.ts'),
  metadata: () => import('./metadata.ts'),
  metrics: () => import('./metrics.ts'),
  openapi: () => import('./openapi.ts'),
  docs: () => import('./docs.ts'),
  'not-found': () => import('./not-found.ts'),
});
