/**
 * What opens a store and begins to read: the first of two files that only functions with a store load, the
 * other one being later.chunk.ts, for which there is time while the answer of the store is on its way.
 *
 * Each file that is loaded takes 0.2 to 0.3 ms of a cold start. What these two are made of asks node for its
 * modules by getBuiltinModule, as an import would make the facade of each, used or not.
 */

export { sharedStore } from '../stores/shared-store.ts';
export { beginRead } from './early-read.ts';
