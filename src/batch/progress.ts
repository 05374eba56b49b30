import type { BatchRun } from './plan.ts';

/** How far a run has come. */
export interface Progress {
  readonly rows: number;
  readonly failed: number;
  readonly rowsPerSecond: number;
  readonly requestsAtOnce: number;
  /** Of the input, from 0 to 1; undefined: its size is not known. */
  readonly read: number | undefined;
  /** Undefined: not known. */
  readonly secondsLeft: number | undefined;
}

/** The part of an input that has been read. */
interface Reading {
  readonly size: number | undefined;
  bytesRead(): number;
}

/** Looks at a run every now and then: rates are those since the look before, and a little of earlier ones. */
export function createProgress({ tally, limiter }: BatchRun, { size, bytesRead }: Reading): () => Progress {
  const startBytes = bytesRead();
  const start = performance.now();
  let [lastRows, lastAt] = [0, start];
  let rate: number | undefined;
  return () => {
    const now = performance.now();
    const seconds = Math.max(0.001, (now - lastAt) / 1000);
    const current = (tally.rows - lastRows) / seconds;
    rate = rate === undefined ? current : 0.7 * rate + 0.3 * current;
    [lastRows, lastAt] = [tally.rows, now];
    const bytes = bytesRead();
    const bytesPerSecond = ((bytes - startBytes) * 1000) / Math.max(1, now - start);
    return {
      rows: tally.rows,
      failed: tally.failed,
      rowsPerSecond: Math.round(rate),
      requestsAtOnce: limiter.limit,
      read: size ? Math.min(1, bytes / size) : undefined,
      secondsLeft:
        size && bytesPerSecond > 0 ? Math.ceil(Math.max(0, size - bytes) / bytesPerSecond) : undefined,
    };
  };
}

/** Progress as a line of a terminal. */
export function toProgressLine(progress: Progress): string {
  const { rows, failed, rowsPerSecond, requestsAtOnce, read, secondsLeft } = progress;
  return [
    `${rows.toLocaleString('en')} lines`,
    read !== undefined && `${Math.floor(read * 100)} %`,
    `${rowsPerSecond.toLocaleString('en')}/s`,
    `${failed.toLocaleString('en')} failed`,
    `${requestsAtOnce} at once`,
    secondsLeft !== undefined && `${toTime(secondsLeft)} left`,
  ]
    .filter(Boolean)
    .join(', ');
}

function toTime(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
