/** Samples in a few numbers: the quartiles and the lowest. */
export interface Summary {
  readonly min: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly count: number;
}

/** Summarizes samples. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    min: quantile(sorted, 0),
    p25: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    p75: quantile(sorted, 0.75),
    count: sorted.length,
  };
}

/** The range that holds the middle half of the samples. */
export function spreadOf({ p25, p75 }: Summary): number {
  return p75 - p25;
}

function quantile(sorted: readonly number[], fraction: number): number {
  const at = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

/** A mean, and how far the truth may be from it at 95 % confidence. */
export interface Estimate {
  readonly mean: number;
  readonly uncertainty: number;
}

/** Student's t, 97.5 %, by degrees of freedom from 1 on. */
const STUDENT = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13];
const NORMAL = 1.96;

/** Estimates the mean of samples that are independent of each other, such as those of different processes. */
export function estimate(samples: readonly number[]): Estimate {
  const count = samples.length;
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / count;
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (count - 1);
  const t = STUDENT[count - 2] ?? NORMAL;
  return { mean, uncertainty: t * Math.sqrt(variance / count) };
}

/**
 * Widens the uncertainty of `difference` to that of `noise`, the difference between two things that are the
 * same. A run whose noise is not 0 is wrong by at least as much for everything else.
 */
export function withNoise(difference: Estimate, noise: Estimate): Estimate {
  return {
    mean: difference.mean,
    uncertainty: Math.max(difference.uncertainty, noise.uncertainty, Math.abs(noise.mean)),
  };
}
