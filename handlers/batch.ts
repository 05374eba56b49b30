// The code that all functions share is one chunk only if each of them imports all of it.
import '../src/handler.ts';

// Loaded by itself: what it shares with the stores stays where it is.
const { createBatchHandler } = await import('../src/runtime/records/batch-handler.ts');

/** Answers events of many records: queues, streams, topics, files. */
export const handler = await createBatchHandler(
  {
    predict: () => import('./predict.ts'),
    'transform-input': () => import('./transform-input.ts'),
    'transform-output': () => import('./transform-output.ts'),
    'send-feedback': () => import('./send-feedback.ts'),
  },
  () => import('./not-found.ts'),
);
