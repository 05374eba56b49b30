/**
 * What keeps states and metrics in a store. It is loaded after first.chunk.ts, which says why they are two.
 */

export { keepState } from '../state/model-state.ts';
export { createSharedMetrics } from './metrics/shared-metrics.ts';
