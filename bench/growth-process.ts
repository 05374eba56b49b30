import { readFileSync, writeFileSync } from 'node:fs';
import { arrayMessage, context, irisMessage, predictEvent } from './events.ts';
import { handler as floor } from './floor.ts';
import { report } from './report.ts';

/** What is called with an array. */
export interface GrowthCase {
  readonly kind: 'tensor' | 'ndarray';
  readonly rows: number;
  readonly columns: number;
  /** The module with our handler. */
  readonly url: string;
  /** `time`: both in turns; else whose memory is measured. */
  readonly measure: 'time' | 'floor' | 'ours';
  readonly rounds: number;
}

/** Microseconds per call; the samples of a round stand at the same index. */
export interface GrowthTimes {
  readonly floor: readonly number[];
  readonly ours: readonly number[];
  readonly bodyBytes: number;
}

type Event = { readonly body: string };
type Handler = (
  event: Event,
  context: unknown,
) => Promise<{ readonly statusCode: number; readonly body: string }>;

/** A sample takes this long at least. */
const SAMPLE_MS = 10;
/** As many as may have left garbage behind when the memory is at its highest. */
const MEMORY_CALLS = 3;

const { kind, rows, columns, url, measure, rounds } = JSON.parse(process.argv[2] as string) as GrowthCase;
const { handler: ours } = (await import(url)) as { handler: Handler };
const event = predictEvent(arrayMessage(kind, rows, columns));
report(await (measure === 'time' ? measureTime() : measureMemory({ floor, ours }[measure])));

async function measureTime(): Promise<GrowthTimes> {
  const floorTimes: number[] = [];
  const ourTimes: number[] = [];
  let calls = 1;
  // The first rounds warm up, and find out how many calls a sample takes.
  for (let round = -rounds; round < rounds; round++) {
    const inTurn = async (handler: Handler, times: number[]) => {
      globalThis.gc?.();
      const ms = await time(handler, calls);
      if (round >= 0) {
        times.push((1000 * ms) / calls);
      }
      return ms;
    };
    const isFloorFirst = round % 2 === 0;
    if (isFloorFirst) {
      await inTurn(floor, floorTimes);
    }
    const ms = await inTurn(ours, ourTimes);
    if (!isFloorFirst) {
      await inTurn(floor, floorTimes);
    }
    if (round < 0 && ms < SAMPLE_MS) {
      calls *= 2;
    }
  }
  return { floor: floorTimes, ours: ourTimes, bodyBytes: Buffer.byteLength(event.body) };
}

async function time(handler: Handler, calls: number): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    await answer(handler, event);
  }
  return performance.now() - start;
}

/** @returns bytes that the process had more of at its peak than before the calls. */
async function measureMemory(handler: Handler): Promise<number> {
  await answer(handler, predictEvent(irisMessage()));
  globalThis.gc?.();
  resetPeak();
  const before = peakBytes();
  for (let call = 0; call < MEMORY_CALLS; call++) {
    await answer(handler, event);
  }
  return peakBytes() - before;
}

async function answer(handler: Handler, sent: Event): Promise<void> {
  const { statusCode, body } = await handler(sent, context);
  if (statusCode !== 200) {
    throw new Error(`answered ${statusCode}: ${body.slice(0, 200)}`);
  }
  body.charCodeAt(0);
}

/** Linux can be told to forget it; elsewhere the start of the process counts too. */
function resetPeak(): void {
  if (process.platform === 'linux') {
    writeFileSync('/proc/self/clear_refs', '5');
  }
}

/** Not maxRSS on Linux: there it begins with that of the process that started this one. */
function peakBytes(): number {
  if (process.platform !== 'linux') {
    return process.resourceUsage().maxRSS * 1024;
  }
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) as unknown as [
    string,
    string,
  ];
  return Number(kilobytes) * 1024;
}
