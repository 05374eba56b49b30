import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../progress.ts';
import type { Execution, MapCounts, MapRun, StepFunctions } from './step-functions.ts';

/** An execution that is watched. */
export interface Followed {
  readonly functions: StepFunctions;
  readonly execution: string;
  /** The execution is ended when more items have failed for good. */
  readonly maxFailures: number;
  /** Aborted when nobody wants to watch any more. The execution goes on. */
  readonly stop: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** The end of the watching. */
export interface Ending {
  readonly execution: Execution;
  /** Undefined: it has not begun. */
  readonly mapRun: MapRun | undefined;
  readonly isStopped: boolean;
  readonly hasTooManyFailures: boolean;
}

const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 5_000;
const OVER = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** Watches an execution until it is over, with pauses that become longer, up to five seconds. */
export async function follow(followed: Followed): Promise<Ending> {
  const { functions, execution, maxFailures, stop, onProgress } = followed;
  const look = createLook();
  let hasTooManyFailures = false;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(MAX_PAUSE_MS, pause * 1.5)) {
    // In this order: the counts are those of the end when it is over.
    const described = await functions.describe(execution);
    const mapRun = await functions.mapRun(execution);
    if (mapRun !== undefined) {
      onProgress(look(mapRun));
    }
    if (OVER.includes(described.status) || stop.aborted) {
      const isStopped = !OVER.includes(described.status);
      return { execution: described, mapRun, isStopped, hasTooManyFailures };
    }
    if (mapRun !== undefined && failedOf(mapRun.itemCounts) > maxFailures && !hasTooManyFailures) {
      hasTooManyFailures = true;
      await functions.stop(execution, `more than ${maxFailures} items have failed`);
    }
    await sleep(pause, undefined, { signal: stop }).catch(() => {});
  }
}

/** Items, or batches, that have failed for good. */
export function failedOf({ failed, timedOut, aborted }: MapCounts): number {
  return failed + timedOut + aborted;
}

/** Rates are those since the look before, and a little of earlier ones. */
function createLook(): (mapRun: MapRun) => Progress {
  let last: { readonly rows: number; readonly at: number } | undefined;
  let rate = 0;
  return ({ itemCounts, executionCounts }) => {
    const { succeeded, total } = itemCounts;
    const [failed, now] = [failedOf(itemCounts), performance.now()];
    const rows = succeeded + failed;
    if (last !== undefined && now > last.at) {
      const current = ((rows - last.rows) * 1000) / (now - last.at);
      rate = rate === 0 ? current : 0.7 * rate + 0.3 * current;
    }
    last = { rows, at: now };
    return {
      ...{ rows, failed, rowsPerSecond: Math.round(rate), requestsAtOnce: executionCounts.running },
      read: total > 0 ? rows / total : undefined,
      secondsLeft: rate > 0 ? Math.ceil((total - rows) / rate) : undefined,
    };
  };
}
