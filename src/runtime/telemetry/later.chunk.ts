/**
 * Second of two lazy chunks: keeps states and metrics in a store. See first.chunk.ts for why there are two.
 */

export { keepState } from '../state/model-state.ts';
export { createSharedMetrics } from './metrics/shared-metrics.ts';
