/** What keeps states and metrics in a store. It is loaded after stored.ts, which says why they are two. */
export { flushMetrics, readMetrics } from './metrics-store.ts';
export { keepState } from './state.ts';
