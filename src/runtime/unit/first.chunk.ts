/**
 * First of two lazy chunks that only functions with a store load: it opens a store and begins to read. The
 * second chunk, later.chunk.ts, is loaded while the store's answer is on its way.
 *
 * Each file that is loaded takes 0.2 to 0.3 ms of a cold start. The code in these two chunks gets node's
 * modules with getBuiltinModule, because an import would make a facade for each module, used or not.
 */

export { openStore } from '../stores/index.ts';
export { beginKeeping } from './begin-keeping.ts';
