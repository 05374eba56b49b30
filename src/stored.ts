/**
 * What only functions with a store load: what keeps a state there, what keeps the metrics there, and the stores.
 *
 * One file because each that is loaded takes 0.2 to 0.3 ms of a cold start; so what it is made of asks node for its
 * modules by getBuiltinModule, as an import would make the facade of each, used or not.
 */
export { flushMetrics, readMetrics } from './metrics-store.ts';
export { sharedStore } from './shared-store.ts';
export { keepState } from './state.ts';
