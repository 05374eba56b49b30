import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type FeedbackHammerResult, hammerFeedback } from '../../../test/support/state-hammer.ts';
import { countOf, packageTask } from '../../../test/support/state-processes.ts';
import { type HammerResult, hammer } from '../../../test/support/stores/hammer.ts';
import type { Bench, Question } from '../../lib/question.ts';
import type { OpenedStore } from '../../lib/servers.ts';
import { toTable } from '../../lib/table.ts';

const COUNTER = fileURLToPath(new URL('../../../test/models/state/Counter.ts', import.meta.url));
const PROCESSES = 4;
const WRITERS = 4;
/** Of one operation, which may wait behind many others. */
const TIMEOUT_MS = 30_000;

/** The outcome of many writers of one key. */
export interface Contention
  extends Pick<HammerResult, 'conflicts' | 'updatesPerSecond' | 'p50' | 'p99' | 'longest'> {
  readonly store: string;
  /** The count in the store at the end; has to be `expected`. */
  readonly total: number;
  readonly expected: number;
}

/** Increments of a store itself, by compare-and-set. */
export interface StoreContention extends Contention, Pick<HammerResult, 'errors'> {}

/** Feedback to the packaged function, each with an Idempotency-Key. */
export interface DoorContention extends Contention, Pick<FeedbackHammerResult, 'refused'> {
  /** Whether the instances add up their metrics in the same store, as is the default. */
  readonly hasMetrics: boolean;
}

/** Both, with every store. */
export interface ContentionResult {
  readonly store: readonly StoreContention[];
  readonly door: readonly DoorContention[];
}

/** Writers of one key at once: of the store itself, and through /send-feedback. */
export const stateContention: Question<ContentionResult> = {
  async measure({ servers, increments }: Bench) {
    const { stores } = await servers();
    return {
      store: await measureStores(stores, increments),
      door: await measureDoor(stores, increments),
    };
  },
  show: ({ store, door }) => `${showStores(store)}\n\n${showDoor(door)}`,
  mistakes: ({ store, door }) =>
    [...store, ...door]
      .filter(({ total, expected }) => total !== expected)
      .map(({ store, total, expected }) => `${store}: the count is ${total} after ${expected} increments`),
};

/** Counts in one store after the other. */
async function measureStores(stores: readonly OpenedStore[], increments: number): Promise<StoreContention[]> {
  const results: StoreContention[] = [];
  for (const { title, url, settings } of stores) {
    const options = { settings, processes: PROCESSES, writers: WRITERS, increments, timeoutMs: TIMEOUT_MS };
    const result = await hammer(url, options);
    results.push({ store: title, expected: PROCESSES * WRITERS * increments, ...result });
  }
  return results;
}

/** Sends feedback to instances that share a state, with metrics and without, in one store after the other. */
async function measureDoor(stores: readonly OpenedStore[], feedbacks: number): Promise<DoorContention[]> {
  const task = await packageTask('Counter', COUNTER);
  const results: DoorContention[] = [];
  try {
    for (const store of stores) {
      for (const hasMetrics of [true, false]) {
        const environment = {
          ...store.environment(),
          ...(hasMetrics ? {} : { METRICS_URL: '' }),
          SELDON_DEPLOYMENT_ID: randomUUID(),
        };
        const callers = { processes: PROCESSES, writers: WRITERS, feedbacks };
        const result = await hammerFeedback({ task: task.folder, environment, ...callers });
        const total = await countOf(task, environment);
        const expected = PROCESSES * WRITERS * feedbacks;
        results.push({ store: store.title, hasMetrics, total, expected, ...result });
      }
    }
  } finally {
    await task.close();
  }
  return results;
}

const CALLERS = `${PROCESSES * WRITERS} writers in ${PROCESSES} processes`;
const HEADER = ['count', 'expected', 'updates/s', 'conflicts/update', 'p50', 'p99', 'longest'];

function showStores(results: readonly StoreContention[]): string {
  return [
    `One key of a store, ${CALLERS}; an update with all its retries, milliseconds.`,
    '',
    toTable([
      ['', ...HEADER, 'errors'],
      ...results.map((result) => [result.store, ...cells(result), `${result.errors.length}`]),
    ]),
  ].join('\n');
}

function showDoor(results: readonly DoorContention[]): string {
  const title = ({ store, hasMetrics }: DoorContention) => `${store}${hasMetrics ? '' : ', no metrics'}`;
  return [
    `/send-feedback of the packaged zip with an Idempotency-Key, ${CALLERS}; from the first call to the 200, milliseconds.`,
    '',
    toTable([
      ['', ...HEADER, '503'],
      ...results.map((result) => [title(result), ...cells(result), `${result.refused}`]),
    ]),
  ].join('\n');
}

function cells(result: Contention): string[] {
  const { total, expected, updatesPerSecond, conflicts, p50, p99, longest } = result;
  return [
    `${total}`,
    `${expected}${total === expected ? '' : ' WRONG'}`,
    updatesPerSecond.toFixed(0),
    (conflicts / expected).toFixed(2),
    ...[p50, p99, longest].map((ms) => ms.toFixed(1)),
  ];
}
