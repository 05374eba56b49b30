import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Artifact } from './artifact.ts';
import { runChild } from './child.ts';
import type { Censuses, LeftoversCase } from './leftovers-process.ts';

const CHECKPOINTS = 10;
/** The code that the compiler makes and drops again changes the heap by more than a small leak does. */
const FLAGS = ['--expose-gc', '--no-opt', '--no-flush-bytecode'];

/** The model and the process that {@link countLeftovers} needs in its artifact. */
export const LEFTOVERS = {
  models: { Stateful: 'test/models/state/Stateful.ts' },
  modules: { 'leftovers-process': 'test/support/leftovers-process.ts' },
} as const;

/** A function that was called many times, with model Stateful, its state and its metrics in memory. */
export interface Leftovers {
  readonly name: string;
  readonly calls: number;
  /** Before the first call, and after each tenth of the calls. */
  readonly censuses: Censuses;
}

/** Counts what is left in a process after many calls of a function, good and bad ones. */
export async function countLeftovers(
  { folder }: Pick<Artifact, 'folder'>,
  name: string,
  calls: number,
): Promise<Leftovers> {
  const url = pathToFileURL(join(folder, `handlers/${name}.mjs`)).href;
  const censuses = await runChild<Censuses>(join(folder, 'leftovers-process.mjs'), {
    flags: FLAGS,
    args: [JSON.stringify({ url, calls, checkpoints: CHECKPOINTS } satisfies LeftoversCase)],
    // State and metrics are written at every call, so that leaks on the way to a store show, too.
    environment: {
      MODEL_NAME: 'Stateful',
      STATE_URL: 'memory:',
      METRICS_FLUSH_MS: '0',
      STATE_MAX_AGE_MS: '0',
    },
  });
  return { name, calls, censuses };
}
