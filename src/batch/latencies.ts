/** The times of answers, without keeping each. */
export interface Latencies {
  add(ms: number): void;
  readonly count: number;
  /** The time that so many percent do not exceed, to 1 %; undefined without any. */
  percentile(percent: number): number | undefined;
  readonly max: number;
}

/** Each bucket ends at a time 1 % longer than the one before. */
const STEP = Math.log(1.01);
const LEAST_MS = 0.01;

/** Counts times in buckets, of which each is 1 % wide. */
export function createLatencies(): Latencies {
  const buckets: number[] = [];
  let count = 0;
  let max = 0;
  return {
    add(ms) {
      const bucket = Math.max(0, Math.ceil(Math.log(ms / LEAST_MS) / STEP));
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      count++;
      max = Math.max(max, ms);
    },
    get count() {
      return count;
    },
    percentile(percent) {
      let left = Math.ceil((count * percent) / 100);
      for (const [bucket, found = 0] of buckets.entries()) {
        left -= found;
        if (left <= 0 && count > 0) {
          return Math.min(max, LEAST_MS * Math.exp(bucket * STEP));
        }
      }
      return undefined;
    },
    get max() {
      return max;
    },
  };
}
