// The code that all functions share is one chunk only if each of them imports all of it.
import '../src/handler.ts';

// Loaded by itself: what both need stays in that file.
const { handlerOf } = await import('./all.ts');

/**
 * Answers the paths of the Open Inference Protocol, but for its documents, and no other: for a function URL,
 * which has one function.
 */
export const handler = await handlerOf('open-inference', [
  'predict',
  'route',
  'aggregate',
  'health-status',
  'ping',
  'metadata',
]);
