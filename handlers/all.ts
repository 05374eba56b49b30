// The code that all functions share is one chunk only if each of them imports all of it.
import '../src/handler.ts';
import { createDispatcher } from '../src/runtime/lambda/dispatch.ts';

/** Answers the paths of all functions: for a deployment with one function, `functions=single`. */
export const { handler, handlerOf } = await createDispatcher(
  {
    predict: () => import('./predict.ts'),
    'transform-input': () => import('./transform-input.ts'),
    'transform-output': () => import('./transform-output.ts'),
    route: () => import('./route.ts'),
    aggregate: () => import('./aggregate.ts'),
    'send-feedback': () => import('./send-feedback.ts'),
    'health-status': () => import('./health.ts'),
    ping: () => import('./ping.ts'),
    metadata: () => import('./metadata.ts'),
    metrics: () => import('./metrics.ts'),
    openapi: () => import('./openapi.ts'),
    docs: () => import('./docs.ts'),
  },
  () => import('./not-found.ts'),
);
