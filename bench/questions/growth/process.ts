import { readFileSync, writeFileSync } from 'node:fs';
import {
  context,
  irisMessage,
  type PredictEvent,
  type PredictHandler,
  predictEvent,
} from '../../../test/support/predict-event.ts';
import { report } from '../../../test/support/report.ts';
import { handler as floor } from '../../lib/floor.ts';
import { arrayMessage } from '../../lib/messages.ts';

/** An array of a shape, and what is measured with it. */
export interface GrowthCase {
  readonly kind: 'tensor' | 'ndarray';
  readonly rows: number;
  readonly columns: number;
  /** URL of the module with our handler. */
  readonly url: string;
  /** `time`: of both handlers, in turns; else the memory of the one that is named. */
  readonly measure: 'time' | 'floor' | 'ours';
  readonly rounds: number;
}

/** Microseconds per call; the samples of a round stand at the same index. */
export interface GrowthTimes {
  readonly floor: readonly number[];
  readonly ours: readonly number[];
  readonly bodyBytes: number;
}

/** Least duration of a sample. */
const SAMPLE_MS = 10;
/** So many calls that the garbage of earlier ones counts, too. */
const MEMORY_CALLS = 3;

const { kind, rows, columns, url, measure, rounds } = JSON.parse(process.argv[2] as string) as GrowthCase;
const { handler: ours } = (await import(url)) as { handler: PredictHandler };
const event = predictEvent(arrayMessage(kind, rows, columns));
report(await (measure === 'time' ? measureTime() : measureMemory({ floor, ours }[measure])));

async function measureTime(): Promise<GrowthTimes> {
  const floorTimes: number[] = [];
  const ourTimes: number[] = [];
  let calls = 1;
  // The rounds below 0 warm up, and find out how many calls a sample takes.
  for (let round = -rounds; round < rounds; round++) {
    const inTurn = async (handler: PredictHandler, times: number[]) => {
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

async function time(handler: PredictHandler, calls: number): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    await answer(handler, event);
  }
  return performance.now() - start;
}

/** @returns bytes by which the calls raised the peak of the process's memory. */
async function measureMemory(handler: PredictHandler): Promise<number> {
  await answer(handler, predictEvent(irisMessage()));
  globalThis.gc?.();
  resetPeak();
  const before = peakBytes();
  for (let call = 0; call < MEMORY_CALLS; call++) {
    await answer(handler, event);
  }
  return peakBytes() - before;
}

async function answer(handler: PredictHandler, sent: PredictEvent): Promise<void> {
  const { statusCode, body } = await handler(sent, context);
  if (statusCode !== 200) {
    throw new Error(`answered ${statusCode}: ${body.slice(0, 200)}`);
  }
  body.charCodeAt(0);
}

/** Only Linux can reset the peak; elsewhere the start of the process counts, too. */
function resetPeak(): void {
  if (process.platform === 'linux') {
    writeFileSync('/proc/self/clear_refs', '5');
  }
}

/** On Linux maxRSS would include the peak of the parent process. */
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
