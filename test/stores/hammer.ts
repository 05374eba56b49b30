import { type ChildProcess, fork } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { openStore } from '../../src/stores/index.ts';
import type { StoreSettings } from '../../src/stores/store.ts';
import {
  type Acknowledged,
  type FromWriters,
  type Job,
  type Report,
  readTally,
  type Tally,
} from './hammer-job.ts';

const WORKER = new URL('hammer-worker.ts', import.meta.url).pathname;
const CACHE = new URL('../../node_modules/.cache', import.meta.url).pathname;
let worker: string | undefined;

/** Settings of a store that needs none. */
export const NO_SETTINGS: StoreSettings = {
  region: undefined,
  credentials: undefined,
  dynamodbEndpoint: undefined,
  s3Endpoint: undefined,
  overflowUrl: undefined,
};

/** Who counts, on what. */
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
}

/** What came of it. */
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

/** Counts of one key in many processes at once by compare-and-set, each through a store of its own opened by `url`. */
export async function hammer(url: string, options: HammerOptions): Promise<HammerResult> {
  const { settings = NO_SETTINGS, processes, timeoutMs = 10_000 } = options;
  const key = `hammer_${crypto.randomUUID()}`;
  const all = Array.from({ length: processes }, (_, index) =>
    startWriters(
      { ...options, url, key, name: `p${index}`, settings, timeoutMs, isAcknowledging: false },
      options.areThreads,
    ),
  );
  await Promise.all(all.map(({ ready }) => ready));
  const start = performance.now();
  for (const { go } of all) go();
  const reports = await Promise.all(all.map(({ done }) => done));
  const seconds = (performance.now() - start) / 1000;
  // By themselves: their stores are closed and have left nothing running.
  await Promise.all(all.map(({ ended }) => ended));
  const latencies = reports.flatMap(({ latenciesMs }) => latenciesMs).sort((left, right) => left - right);
  const at = (share: number) => latencies[Math.ceil(share * latencies.length) - 1] ?? 0;
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
export interface Writers {
  /** The store is open. */
  readonly ready: Promise<void>;
  go(): void;
  /** Rejects when they end without having done their job. */
  readonly done: Promise<Report>;
  readonly ended: Promise<void>;
  /** SIGKILL, or terminate(). */
  kill(): Promise<void>;
  /** Of a process. */
  signal(signal: NodeJS.Signals): void;
}

/** Starts a process or a thread that waits with an open store. */
export function startWriters(
  job: Job,
  isThread = false,
  onAcknowledged: (acknowledged: Acknowledged) => void = () => {},
): Writers {
  worker ??= bundle();
  const child: ChildProcess | Worker = isThread
    ? new Worker(worker, { workerData: job, execArgv: [] })
    : fork(worker, [JSON.stringify(job)], { execArgv: [] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('message', ({ acknowledged }: FromWriters) => acknowledged && onAcknowledged(acknowledged));
  return {
    ready: firstOf(child, ({ isReady }) => isReady).then(() => {}),
    done: firstOf(child, ({ report }) => report),
    ended,
    go() {
      if (child instanceof Worker) child.postMessage('go');
      else child.send('go');
    },
    async kill() {
      if (child instanceof Worker) await child.terminate();
      else child.kill('SIGKILL');
      await ended;
    },
    signal(signal) {
      if (!(child instanceof Worker)) child.kill(signal);
    },
  };
}

/** The first that `read` finds in what the process or thread says; rejects when that ends without. */
function firstOf<T>(child: ChildProcess | Worker, read: (message: FromWriters) => T | undefined): Promise<T> {
  const found = new Promise<T>((resolve, reject) => {
    child.on('message', (message: FromWriters) => {
      const value = read(message);
      if (value !== undefined) resolve(value);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const fail = () => setImmediate(reject, new Error(`a writer ended with ${signal ?? code}`));
      // What it said last may come after its end.
      if ('connected' in child && child.connected) child.once('disconnect', fail);
      else fail();
    });
  });
  // Who is killed on purpose is not waited for.
  found.catch(() => {});
  return found;
}

/** One file of JavaScript: a process starts with it in 0.1 s, with tsx in 0.5 s, and Node 20 has no tsx in threads. */
function bundle(): string {
  const outfile = join(CACHE, 'hammer-worker.cjs');
  const draft = join(CACHE, `hammer-worker.${process.pid}.cjs`);
  const options = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' } as const;
  buildSync({ ...options, entryPoints: [WORKER], outfile: draft });
  renameSync(draft, outfile);
  return outfile;
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
