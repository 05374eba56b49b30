import type { Aim } from './question.ts';

/** Whether a measurement is within its aim, as far as its spread can tell. */
export type Verdict = 'met' | 'missed' | 'not decided by this run';

/** Decides whether an aim is met, wherever in its spread the truth is. */
export function judge({ value, spread, limit }: Pick<Aim, 'value' | 'spread' | 'limit'>): Verdict {
  if (value + spread <= limit) {
    return 'met';
  }
  return value - spread > limit ? 'missed' : 'not decided by this run';
}

/** A line for each aim that was missed by more than the measurement's own spread. */
export function missedAims(aims: readonly Aim[]): string[] {
  return aims
    .filter((aim) => judge(aim) === 'missed')
    .map(
      ({ title, value, spread, limit }) =>
        `${title}: ${value.toFixed(2)} ± ${spread.toFixed(2)}, aim at most ${limit}`,
    );
}
