import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  type FeedbackHammerResult,
  type FeedbackPhase,
  hammerFeedback,
} from '../../../test/support/state-hammer.ts';
import { countOf, packageTask } from '../../../test/support/state-processes.ts';
import { type HammerResult, hammer } from '../../../test/support/stores/hammer.ts';
import type { Bench, Question } from '../../lib/question.ts';
import type { OpenedStore } from '../../lib/servers.ts';
import { toTable } from '../../lib/table.ts';

const MODELS = new URL('../../../test/models/state/', import.meta.url);
/** Sixteen writers: in instances that take several calls at once, and in instances as Lambda runs them. */
const SHAPES = [
  { processes: 4, writers: 4 },
  { processes: 16, writers: 1 },
];
const QUICK_SHAPES = [{ processes: 2, writers: 2 }];
/** Of one operation, which may wait behind many others. */
const TIMEOUT_MS = 30_000;

/** How many writers there were of one state, and whether each of their updates counts. */
interface Counted {
  readonly store: string;
  readonly processes: number;
  /** In each process. */
  readonly writers: number;
  /** The count in the store at the end; has to be `expected`. */
  readonly total: number;
  readonly expected: number;
}

/** Increments of a store itself, by compare-and-set. */
export interface StoreContention
  extends Counted,
    Pick<HammerResult, 'conflicts' | 'updatesPerSecond' | 'p50' | 'p99' | 'longest' | 'errors'> {}

/** Feedback to the packaged function. */
export interface DoorContention extends Counted, FeedbackHammerResult {
  /** Whether the instances add up their metrics in the same store, as is the default. */
  readonly hasMetrics: boolean;
  /** Whether the state is in shards, by `static merge`. */
  readonly isMerged: boolean;
  /** Whether each feedback has an Idempotency-Key. */
  readonly hasKeys: boolean;
}

/** Both, with every store. */
export interface ContentionResult {
  readonly store: readonly StoreContention[];
  readonly door: readonly DoorContention[];
}

/** Writers of one key at once: of the store itself, and through /send-feedback. */
export const stateContention: Question<ContentionResult> = {
  async measure({ servers, increments, isQuick }: Bench) {
    const { stores } = await servers();
    const shapes = isQuick ? QUICK_SHAPES : SHAPES;
    return {
      store: await measureStores(stores, shapes, increments),
      door: await measureDoor(stores, shapes, increments),
    };
  },
  show: ({ store, door }) => `${showStores(store)}\n\n${showDoor(door)}`,
  mistakes: ({ store, door }) =>
    [...store, ...door]
      .filter(({ total, expected }) => total !== expected)
      .map(({ store, total, expected }) => `${store}: the count is ${total} after ${expected} increments`),
};

type Shapes = typeof SHAPES;

/** Counts in one store after the other. */
async function measureStores(
  stores: readonly OpenedStore[],
  shapes: Shapes,
  increments: number,
): Promise<StoreContention[]> {
  const results: StoreContention[] = [];
  const [shape] = shapes as [Shapes[number]];
  for (const { title, url, settings } of stores) {
    const result = await hammer(url, { ...shape, settings, increments, timeoutMs: TIMEOUT_MS });
    results.push({
      store: title,
      ...shape,
      expected: shape.processes * shape.writers * increments,
      ...result,
    });
  }
  return results;
}

/** With metrics, as they are by default, and without; and with a state in shards, with keys and without. */
const KINDS = [
  { hasMetrics: true, isMerged: false, hasKeys: true },
  { hasMetrics: false, isMerged: false, hasKeys: true },
  { hasMetrics: false, isMerged: true, hasKeys: true },
  { hasMetrics: false, isMerged: true, hasKeys: false },
];

/** Sends feedback to instances that share a state, with metrics and without, in one store after the other. */
async function measureDoor(
  stores: readonly OpenedStore[],
  shapes: Shapes,
  feedbacks: number,
): Promise<DoorContention[]> {
  const cases = shapes.flatMap((shape) => KINDS.map((kind) => ({ shape, kind })));
  const whole = await packageTask('Counter', fileURLToPath(new URL('Counter.ts', MODELS)));
  const merged = await packageTask('Counter', fileURLToPath(new URL('MergedCounter.ts', MODELS)));
  const results: DoorContention[] = [];
  try {
    for (const store of stores) {
      for (const { shape, kind } of cases) {
        const { isMerged, hasMetrics, hasKeys } = kind;
        const task = isMerged ? merged : whole;
        const environment = {
          ...store.environment(),
          ...(hasMetrics ? {} : { METRICS_URL: '' }),
          SELDON_DEPLOYMENT_ID: randomUUID(),
        };
        const result = await hammerFeedback({ task: task.folder, environment, ...shape, feedbacks, hasKeys });
        const total = await countOf(task, environment);
        const expected = shape.processes * shape.writers * feedbacks;
        results.push({ store: store.title, ...kind, ...shape, total, expected, ...result });
      }
    }
  } finally {
    await Promise.all([whole.close(), merged.close()]);
  }
  return results;
}

const COUNTS = ['processes x writers', 'count', 'expected'];
const SPEED = ['updates/s', 'conflicts/update', 'p50', 'p99', 'longest'];

function showStores(results: readonly StoreContention[]): string {
  return [
    `One key of a store, ${callersOf(results)}; an update with all its retries, milliseconds.`,
    '',
    toTable([
      ['', ...COUNTS, ...SPEED, 'errors'],
      ...results.map((result) => [
        result.store,
        ...counts(result),
        ...speed(result, result.expected),
        `${result.errors.length}`,
      ]),
    ]),
  ].join('\n');
}

function showDoor(results: readonly DoorContention[]): string {
  return [
    `/send-feedback of the packaged zip, ${callersOf(results)}; from the first call to the 200, milliseconds. The first call of`,
    'each comes to a new instance, all at once: on few cores they wait for one another. The others come when these',
    'are answered.',
    '',
    toTable([
      ['', ...COUNTS, 'first p50', 'first longest', ...SPEED, '503'],
      ...results.map((result) => {
        const { first, rest, expected, processes, writers } = result;
        return [
          titleOf(result),
          ...counts(result),
          ...[first.p50, first.longest].map((ms) => ms.toFixed(1)),
          ...speed(rest, expected - processes * writers),
          `${first.refused + rest.refused}`,
        ];
      }),
    ]),
  ].join('\n');
}

function callersOf([first]: readonly Counted[]): string {
  return `${(first?.processes ?? 0) * (first?.writers ?? 0)} writers`;
}

function titleOf({ store, hasMetrics, isMerged, hasKeys }: DoorContention): string {
  const more = [!hasMetrics && 'no metrics', isMerged && 'static merge', !hasKeys && 'no keys'];
  return [store, ...more.filter(Boolean)].join(', ');
}

function counts({ processes, writers, total, expected }: Counted): string[] {
  return [`${processes} x ${writers}`, `${total}`, `${expected}${total === expected ? '' : ' WRONG'}`];
}

function speed(
  { updatesPerSecond, conflicts, p50, p99, longest }: FeedbackPhase | StoreContention,
  updates: number,
): string[] {
  return [
    updatesPerSecond.toFixed(0),
    (conflicts / updates).toFixed(2),
    ...[p50, p99, longest].map((ms) => ms.toFixed(1)),
  ];
}
