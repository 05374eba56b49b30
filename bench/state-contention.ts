import { type HammerResult, hammer } from '../test/stores/hammer.ts';
import type { OpenedStore } from './state-servers.ts';
import { toTable } from './table.ts';

const PROCESSES = 4;
const WRITERS = 4;
/** Of one operation: it may stand in a long line. */
const TIMEOUT_MS = 30_000;

/** What many writers of one key came to. */
export interface Contention extends HammerResult {
  readonly store: string;
  /** What `total` has to be. */
  readonly expected: number;
}

/** Counts in each store, one store after the other. */
export async function measureContention(
  stores: readonly OpenedStore[],
  increments: number,
): Promise<Contention[]> {
  const results: Contention[] = [];
  for (const { title, url, settings } of stores) {
    const options = { settings, processes: PROCESSES, writers: WRITERS, increments, timeoutMs: TIMEOUT_MS };
    const result = await hammer(url, options);
    results.push({ store: title, expected: PROCESSES * WRITERS * increments, ...result });
  }
  return results;
}

/** The results as text. */
export function showContention(results: readonly Contention[]): string {
  const header = [
    '',
    'count',
    'expected',
    'updates/s',
    'conflicts/update',
    'p50',
    'p99',
    'longest',
    'errors',
  ];
  const rows = results.map((result) => [
    result.store,
    `${result.total}`,
    `${result.expected}${result.total === result.expected ? '' : ' WRONG'}`,
    result.updatesPerSecond.toFixed(0),
    (result.conflicts / result.expected).toFixed(2),
    ...[result.p50, result.p99, result.longest].map((ms) => ms.toFixed(1)),
    `${result.errors.length}`,
  ]);
  return [
    `One key, ${PROCESSES * WRITERS} writers in ${PROCESSES} processes; an update with all its retries, milliseconds.`,
    '',
    toTable([header, ...rows]),
  ].join('\n');
}
