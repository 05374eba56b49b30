import { countLeftovers, type Leftovers } from '../../../test/support/leftovers.ts';
import type { Census } from '../../../test/support/leftovers-process.ts';
import type { Bench, Question } from '../../lib/question.ts';
import { toTable } from '../../lib/table.ts';

/** The leftovers in a process after many calls of the functions that do most. */
export const stability: Question<readonly Leftovers[]> = { measure, show };

async function measure({ artifact, isQuick }: Bench): Promise<Leftovers[]> {
  const calls = isQuick ? 2_000 : 100_000;
  return [
    await countLeftovers(artifact, 'predict', calls),
    await countLeftovers(artifact, 'send-feedback', calls / 10),
  ];
}

function show(rows: readonly Leftovers[]): string {
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
    'Calls of one process, good and bad ones, each with its state and metrics written to a store in memory: what is left after',
    'a forced garbage collection. Aim: flat after the first tenth.',
    '',
    toTable([['calls', 'heap, kB', 'buffers, kB', 'promises', 'listeners', 'active'], ...lines]),
  ].join('\n');
}
