/**
 * Second of two lazy chunks: keeps states and metrics in a store. See first.chunk.ts for why there are two.
 */

export { readState } from '../state/envelope.ts';
// These, and readState, for states that are merged.
export { keepReplica } from '../state/kept-replica.ts';
export { keepState } from '../state/model-state.ts';
export { createMutex } from '../state/mutex.ts';
export { busyError } from '../state/state-unavailable.ts';
export { toStateBytes, toSubject } from '../state/subject.ts';
export { createSharedMetrics } from './metrics/shared-metrics.ts';
