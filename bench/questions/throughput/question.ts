import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../../../test/support/child.ts';
import type { Bench, Question } from '../../lib/question.ts';
import { type Summary, summarize } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import type { Batch, Batches, ThroughputCase } from './process.ts';

const WAIT_MS = 20;
const MESSAGES = ['iris', 'tensor 100x784'] as const;
const CONCURRENCIES = [1, 10, 100];

/** Calls at once of a model that waits; milliseconds. */
export interface ThroughputRow {
  readonly message: ThroughputCase['message'];
  readonly concurrency: number;
  readonly floor: BatchSummary;
  readonly ours: BatchSummary;
}

/** A batch of calls. */
export interface BatchSummary {
  readonly wall: Summary;
  readonly cpu: Summary;
  /** Time beyond the model's wait and the CPU's work: 0 when no call held up another. */
  readonly blocked: Summary;
}

/** The time that calls which wait hold up each other. */
export const throughput: Question<readonly ThroughputRow[]> = { measure, show };

async function measure({ artifact: { folder }, isQuick }: Bench): Promise<ThroughputRow[]> {
  const url = pathToFileURL(join(folder, 'handlers/predict.mjs')).href;
  const rows: ThroughputRow[] = [];
  for (const message of MESSAGES) {
    for (const concurrency of CONCURRENCIES) {
      const each: ThroughputCase = { url, concurrency, message, rounds: isQuick ? 1 : 25 };
      const { floor, ours } = await runChild<Batches>(join(folder, 'bench/throughput.mjs'), {
        flags: ['--expose-gc'],
        args: [JSON.stringify(each)],
        environment: { MODEL_NAME: 'Waits', WAIT_MS: `${WAIT_MS}`, SELDON_LOG_LEVEL: 'ERROR' },
      });
      rows.push({ message, concurrency, floor: toSummary(floor), ours: toSummary(ours) });
    }
  }
  return rows;
}

function show(rows: readonly ThroughputRow[]): string {
  const lines = rows.map(({ message, concurrency, floor, ours }) => [
    message,
    `${concurrency}`,
    ...[floor.wall, ours.wall, floor.cpu, ours.cpu, floor.blocked, ours.blocked].map(({ median }) =>
      median.toFixed(1),
    ),
    ((1000 * concurrency) / ours.wall.median).toFixed(0),
  ]);
  return [
    `Calls at once in one process, of a model that waits ${WAIT_MS} ms; milliseconds, medians of ${rows[0]?.ours.wall.count} batches in turns.`,
    'Blocked: time beyond that wait and the CPU time of the process. Aim: no more than the floor, which waits as long.',
    '',
    toTable([
      [
        'body',
        'at once',
        'floor',
        'ours',
        'CPU, floor',
        'CPU, ours',
        'blocked, floor',
        'blocked, ours',
        'ours/s',
      ],
      ...lines,
    ]),
  ].join('\n');
}

function toSummary(batches: readonly Batch[]): BatchSummary {
  return {
    wall: summarize(batches.map(({ wall }) => wall)),
    cpu: summarize(batches.map(({ cpu }) => cpu)),
    blocked: summarize(batches.map(({ wall, cpu }) => Math.max(0, wall - WAIT_MS - cpu))),
  };
}
