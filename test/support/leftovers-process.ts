import { queryObjects } from 'node:v8';
import { context, irisMessage, predictEvent } from './predict-event.ts';
import { report } from './report.ts';

/** Which function is called, and how often. */
export interface LeftoversCase {
  readonly url: string;
  readonly calls: number;
  /** Number of censuses after the first. */
  readonly checkpoints: number;
}

/** Counts of what is in the process after garbage has been collected. */
export interface Census {
  readonly heapBytes: number;
  /** Memory outside of the heap: typed arrays and buffers. */
  readonly bufferBytes: number;
  /** Timers, sockets and requests that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners of the process and of its two outputs. */
  readonly listeners: number;
  readonly promises: number;
}

/** One before the calls and one after each part of them; the first part warms everything up. */
export type Censuses = readonly Census[];

const { url, calls, checkpoints } = JSON.parse(process.argv[2] as string) as LeftoversCase;
const { handler } = (await import(url)) as {
  handler: (event: unknown, context: unknown) => Promise<unknown>;
};
const iris = predictEvent(irisMessage());
const path = `/${url.slice(url.lastIndexOf('/') + 1).replace('.mjs', '')}`;
/** Good and bad requests, over HTTP and direct: each takes another way through the code. */
const EVENTS: readonly unknown[] = [
  { ...iris, rawPath: path },
  { ...iris, rawPath: path, body: '{"data":{"ndarray":[[1,[2]],3]}}' },
  { ...iris, rawPath: path, body: 'no JSON' },
  { ...iris, rawPath: path, body: JSON.stringify({ request: irisMessage(), reward: 1 }) },
  { ...iris, rawPath: '/nowhere' },
  irisMessage(),
];

const censuses = [await takeCensus()];
for (let part = 0; part < checkpoints; part++) {
  for (let call = 0; call < calls / checkpoints; call++) {
    await handler(EVENTS[call % EVENTS.length], context).catch(() => undefined);
  }
  censuses.push(await takeCensus());
}
report(censuses satisfies Censuses);
// A leftover may keep the process alive.
process.exit();

async function takeCensus(): Promise<Census> {
  // A line of the log that a slow reader has not taken yet is not a leftover.
  await new Promise((resolve) => process.stdout.write('', resolve));
  // A handle that was closed is gone only after a turn of the loop. Finalizers free memory only for the
  // second collection.
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    resources[kind] = (resources[kind] ?? 0) + 1;
  }
  const emitters = [process, process.stdout, process.stderr];
  const listeners = emitters.flatMap((emitter) =>
    emitter.eventNames().map((name) => emitter.listenerCount(name as string)),
  );
  return {
    heapBytes: heapUsed,
    bufferBytes: arrayBuffers,
    resources,
    listeners: listeners.reduce((sum, count) => sum + count, 0),
    promises: queryObjects(Promise, { format: 'count' }) as number,
  };
}
