/**
 * The first of two lazy chunks that only functions with a store load: it opens a store and begins to read. There is time for the
 * other one, later.chunk.ts, while the answer of the store is on its way.
 *
 * Each file that is loaded takes 0.2 to 0.3 ms of a cold start. The modules in these two ask node for its modules by
 * getBuiltinModule, since an import would make the facade of each, used or not.
 */

export { openStore } from '../stores/index.ts';
export { beginKeeping } from './begin-keeping.ts';
