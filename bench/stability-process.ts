import { queryObjects } from 'node:v8';
import { context, irisMessage, predictEvent } from './events.ts';
import { report } from './report.ts';

/** How many calls of which function. */
export interface StabilityCase {
  readonly url: string;
  readonly calls: number;
  /** How often is counted. */
  readonly checkpoints: number;
}

/** What is there after garbage has been collected. */
export interface Census {
  readonly heapBytes: number;
  /** Outside of the heap: the memory of typed arrays and buffers. */
  readonly bufferBytes: number;
  /** Timers, sockets and requests that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Of the process and its outputs. */
  readonly listeners: number;
  readonly promises: number;
}

/** Before the calls, after a first part of them has warmed up everything, and after each further part. */
export type Censuses = readonly Census[];

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const { url, calls, checkpoints } = JSON.parse(process.argv[2] as string) as StabilityCase;
const { handler } = (await import(url)) as { handler: Handler };
const iris = predictEvent(irisMessage());
const path = `/${url.slice(url.lastIndexOf('/') + 1).replace('.mjs', '')}`;
/** Well formed or not, by HTTP or not: each leaves by another way. */
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
// What was left behind may keep the process alive.
process.exit();

async function takeCensus(): Promise<Census> {
  // A turn of the loop: what was closed in the last one is gone only then. Collected twice: what finalizers
  // free.
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
