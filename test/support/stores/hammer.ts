import { openStore } from '../../../src/runtime/stores/index.ts';
import type { StoreSettings } from '../../../src/runtime/stores/store.ts';
import { type Acknowledged, type Job, type Report, readTally, type Tally } from './hammer-job.ts';
import { percentiles, runTogether, type StartedWorker, startWorker } from './workers.ts';

const WORKER = new URL('hammer-worker.ts', import.meta.url);

/** Settings of a store that needs none. */
export const NO_SETTINGS: StoreSettings = {
  region: undefined,
  credentials: undefined,
  dynamodbEndpoint: undefined,
  s3Endpoint: undefined,
  overflowUrl: undefined,
};

/** How many writers count, and how often. */
export interface HammerOptions {
  readonly settings?: StoreSettings;
  readonly processes: number;
  /** In each process. */
  readonly writers: number;
  /** Of each writer. */
  readonly increments: number;
  /** Threads of this process instead of processes. */
  readonly areThreads?: boolean;
  /** Of one operation. Default 10,000. */
  readonly timeoutMs?: number;
  /** Called when all have counted, before the total is read. */
  readonly onCounted?: () => void;
}

/** The outcome of all increments. */
export interface HammerResult {
  /** In the store; exact: processes * writers * increments. */
  readonly total: number;
  readonly conflicts: number;
  readonly errors: readonly string[];
  readonly updatesPerSecond: number;
  /** Of one increment with all its retries, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/**
 * Counts of one key in many processes at once by compare-and-set, each through a store of its own opened by
 * `url`.
 */
export async function hammer(url: string, options: HammerOptions): Promise<HammerResult> {
  const { onCounted, ...counting } = options;
  const { settings = NO_SETTINGS, processes, timeoutMs = 10_000 } = options;
  const key = `hammer_${crypto.randomUUID()}`;
  const all = Array.from({ length: processes }, (_, index) =>
    startWriters(
      { ...counting, url, key, name: `p${index}`, settings, timeoutMs, isAcknowledging: false },
      options.areThreads,
    ),
  );
  const {
    reports,
    seconds: [seconds = 0],
  } = await runTogether(all);
  onCounted?.();
  const latencies = reports.flatMap(({ latenciesMs }) => latenciesMs);
  const at = percentiles(latencies);
  return {
    total: (await tallyOf(url, settings, key)).count,
    conflicts: reports.reduce((sum, { conflicts }) => sum + conflicts, 0),
    errors: reports.flatMap(({ errors }) => errors),
    updatesPerSecond: latencies.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    longest: at(1),
  };
}

/** The writers of one process or thread. */
export type Writers = StartedWorker<Report>;

/** Starts a process or a thread that waits with an open store. */
export function startWriters(
  job: Job,
  isThread = false,
  onProgress: (acknowledged: Acknowledged) => void = () => {},
): Writers {
  return startWorker<Report, Acknowledged>(WORKER, job, { isThread, onProgress });
}

/** The tally in a store. */
export async function tallyOf(url: string, settings: StoreSettings, key: string): Promise<Tally> {
  const store = await openStore(url, settings);
  try {
    return readTally((await store.get(key, 10_000))?.value);
  } finally {
    await store.close();
  }
}
