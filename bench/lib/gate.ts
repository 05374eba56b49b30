import { readFileSync } from 'node:fs';
import type { Aim } from './question.ts';
import { toTable } from './table.ts';

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
    .map((aim) => `${aim.title}: ${inWords(aim)}, aim at most ${aim.limit}`);
}

/** The aims of a run of another revision on the same machine, from the file of its results; undefined: it has none. */
export function readBase(file: string): readonly Aim[] | undefined {
  const { aims } = JSON.parse(readFileSync(file, 'utf8')) as { readonly aims?: readonly Aim[] };
  return aims;
}

/** How much slower than its base a revision may measure: two runs of one revision differ by as much. */
const NOISE = 0.2;

/** A line for each aim that is missed, and was not, or by less, in the base. */
export function worseThan(base: readonly Aim[], aims: readonly Aim[]): string[] {
  const before = new Map(base.map((aim) => [aim.title, aim]));
  return aims.flatMap((aim) => {
    const old = before.get(aim.title);
    const isWorse =
      old !== undefined &&
      judge(aim) === 'missed' &&
      aim.value - aim.spread > (1 + NOISE) * (old.value + old.spread);
    return isWorse ? [`${aim.title}: ${inWords(aim)}, before ${inWords(old)}, aim at most ${aim.limit}`] : [];
  });
}

/** Both runs as a table. */
export function showBoth(base: readonly Aim[], aims: readonly Aim[]): string {
  const before = new Map(base.map((aim) => [aim.title, aim]));
  const lines = aims.map((aim) => {
    const old = before.get(aim.title);
    return [aim.title, old === undefined ? '' : inWords(old), inWords(aim), `<= ${aim.limit}`, judge(aim)];
  });
  return toTable([['measurement', 'before', 'now', 'aim', 'now is'], ...lines]);
}

function inWords({ value, spread }: Aim): string {
  return `${value.toFixed(2)} ± ${spread.toFixed(2)}`;
}
