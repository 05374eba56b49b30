/** A mean and how far the truth may be from it, at 95 % confidence. */
export interface Estimate {
  readonly mean: number;
  readonly uncertainty: number;
}

/** Whether something is below an aim, as far as a measurement can tell. */
export type Verdict = 'met' | 'missed' | 'not decided by this run';

/** Student's t, 97.5 %, by degrees of freedom from 1 on. */
const STUDENT = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13];
const NORMAL = 1.96;

/** The mean of samples that are independent of each other, such as those of different processes. */
export function estimate(samples: readonly number[]): Estimate {
  const count = samples.length;
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / count;
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (count - 1);
  const t = STUDENT[count - 2] ?? NORMAL;
  return { mean, uncertainty: t * Math.sqrt(variance / count) };
}

/**
 * `difference`, no more certain than `noise` allows: what was found between two that are the same.
 *
 * A run in which that is not 0 within its own uncertainty is wrong by at least as much for everything else.
 */
export function withNoise(difference: Estimate, noise: Estimate): Estimate {
  return {
    mean: difference.mean,
    uncertainty: Math.max(difference.uncertainty, noise.uncertainty, Math.abs(noise.mean)),
  };
}

/** Whether what was measured is below `aim`, wherever in its uncertainty the truth is. */
export function judge({ mean, uncertainty }: Estimate, aim: number): Verdict {
  if (mean + uncertainty < aim) {
    return 'met';
  }
  return mean - uncertainty >= aim ? 'missed' : 'not decided by this run';
}
