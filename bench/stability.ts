import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Artifact } from './artifact.ts';
import { runChild } from './child.ts';
import type { Effort } from './effort.ts';
import type { Census, Censuses, StabilityCase } from './stability-process.ts';
import { toTable } from './table.ts';

const CHECKPOINTS = 10;
/** What the compiler makes and throws away again would go up and down by more than a small leak. */
const FLAGS = ['--expose-gc', '--no-opt', '--no-flush-bytecode'];

/** A function, called many times; model Stateful, its state and the metrics in memory. */
export interface StabilityRow {
  readonly name: string;
  readonly calls: number;
  /** Before the first call, and after each tenth of the calls. */
  readonly censuses: Censuses;
}

/** What is left in the process after many calls, good and bad ones. */
export async function countLeftovers(folder: string, name: string, calls: number): Promise<StabilityRow> {
  const url = pathToFileURL(join(folder, `handlers/${name}.mjs`)).href;
  const censuses = await runChild<Censuses>(join(folder, 'bench/stability-process.mjs'), {
    flags: FLAGS,
    args: [JSON.stringify({ url, calls, checkpoints: CHECKPOINTS } satisfies StabilityCase)],
    // Written at every call: the ways to the store are gone, too.
    environment: {
      MODEL_NAME: 'Stateful',
      STATE_URL: 'memory:',
      METRICS_FLUSH_MS: '0',
      STATE_MAX_AGE_MS: '0',
    },
  });
  return { name, calls, censuses };
}

/** 100,000 warm calls of the functions that do most. */
export async function measureStability({ folder }: Artifact, { isQuick }: Effort): Promise<StabilityRow[]> {
  const calls = isQuick ? 2_000 : 100_000;
  return [
    await countLeftovers(folder, 'predict', calls),
    await countLeftovers(folder, 'send-feedback', calls / 10),
  ];
}

/** The rows as text. */
export function showStability(rows: readonly StabilityRow[]): string {
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(0);
  const resources = ({ resources }: Census) =>
    Object.entries(resources)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ') || 'none';
  const lines = rows.flatMap(({ name, calls, censuses }) =>
    censuses.map((census, index) => [
      `${name}, after ${(calls * index) / (censuses.length - 1)}`,
      kilobytes(census.heapBytes),
      kilobytes(census.bufferBytes),
      `${census.promises}`,
      `${census.listeners}`,
      resources(census),
    ]),
  );
  return [
    'Calls of one process, good and bad ones, every one with its state and metrics written to a store in memory: what is there after',
    'a forced collection of garbage. Aim: flat after the first tenth.',
    '',
    toTable([['calls', 'heap, kB', 'buffers, kB', 'promises', 'listeners', 'active'], ...lines]),
  ].join('\n');
}
