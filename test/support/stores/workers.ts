import { type ChildProcess, fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { bundledScript } from '../bundled-script.ts';

/** A message of a process or thread: that it can begin, how far it is, or its result. */
export interface FromWorker<Report, Progress> {
  readonly isReady?: true;
  readonly progress?: Progress;
  readonly report?: Report;
}

/** A process or thread that works when it is told to. */
export interface StartedWorker<Report> {
  /** Resolves when it has said for the `nth` time, from 1 on, that it can begin or go on. */
  ready(nth: number): Promise<void>;
  go(): void;
  /** Rejects when it ends without having done its job. */
  readonly done: Promise<Report>;
  readonly ended: Promise<void>;
  /** SIGKILL, or terminate(). */
  kill(): Promise<void>;
  /** Of a process. */
  signal(signal: NodeJS.Signals): void;
}

/** How a worker is started. */
export interface WorkerOptions<Progress> {
  /** A thread of this process instead of a process. */
  readonly isThread?: boolean;
  /** Of a process; default: this one's. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Starts `file` with `job`: a module whose {@link FromWorker} messages say how it goes, and which begins when
 * it gets one.
 */
export function startWorker<Report, Progress = never>(
  file: URL,
  job: unknown,
  { isThread = false, environment, onProgress = () => {} }: WorkerOptions<Progress> = {},
): StartedWorker<Report> {
  const path = bundledScript(file);
  // The log of the functions is not read here.
  const options = { execArgv: [], env: environment, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] as const };
  const child: ChildProcess | Worker = isThread
    ? new Worker(path, { workerData: job, execArgv: [] })
    : fork(path, [JSON.stringify(job)], { ...options, stdio: [...options.stdio] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let times = 0;
  child.on('message', ({ isReady, progress }: FromWorker<Report, Progress>) => {
    times += isReady ? 1 : 0;
    if (progress !== undefined) {
      onProgress(progress);
    }
  });
  return {
    ready: (nth) => firstOf<Report, true>(child, () => times >= nth || undefined).then(() => {}),
    done: firstOf<Report, Report>(child, ({ report }) => report),
    ended,
    go() {
      if (child instanceof Worker) {
        child.postMessage('go');
      } else {
        child.send('go');
      }
    },
    async kill() {
      if (child instanceof Worker) {
        await child.terminate();
      } else {
        child.kill('SIGKILL');
      }
      await ended;
    },
    signal(signal) {
      if (!(child instanceof Worker)) {
        child.kill(signal);
      }
    },
  };
}

/**
 * Starts workers at once, which work in one phase, or in several that each begin when all have ended the one
 * before; the results of all, and the seconds of each phase from its common start to the last end.
 */
export async function runTogether<Report>(
  workers: readonly StartedWorker<Report>[],
  phases = 1,
): Promise<{ readonly reports: readonly Report[]; readonly seconds: readonly number[] }> {
  const done = Promise.all(workers.map((worker) => worker.done));
  const ends = Array.from({ length: phases + 1 }, (_, index) =>
    index < phases ? Promise.all(workers.map(({ ready }) => ready(index + 1))) : done,
  );
  const seconds: number[] = [];
  await ends[0];
  for (const end of ends.slice(1)) {
    const start = performance.now();
    for (const { go } of workers) {
      go();
    }
    await end;
    seconds.push((performance.now() - start) / 1000);
  }
  const reports = await done;
  // By themselves: what they opened is closed and has left nothing running.
  await Promise.all(workers.map(({ ended }) => ended));
  return { reports, seconds };
}

/** Of durations in ms: the one that `share` of all do not exceed. */
export function percentiles(durations: readonly number[]): (share: number) => number {
  const sorted = [...durations].sort((left, right) => left - right);
  return (share) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

/** The first that `read` finds in what the process or thread says; rejects when that ends without. */
function firstOf<Report, T>(
  child: ChildProcess | Worker,
  read: (message: FromWorker<Report, unknown>) => T | undefined,
): Promise<T> {
  const found = new Promise<T>((resolve, reject) => {
    child.on('message', (message: FromWorker<Report, unknown>) => {
      const value = read(message);
      if (value !== undefined) {
        resolve(value);
      }
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const fail = () => setImmediate(reject, new Error(`a writer ended with ${signal ?? code}`));
      // Its last message may come after its end.
      if ('connected' in child && child.connected) {
        child.once('disconnect', fail);
      } else {
        fail();
      }
    });
  });
  // A worker that is killed on purpose is not waited for.
  found.catch(() => {});
  return found;
}
