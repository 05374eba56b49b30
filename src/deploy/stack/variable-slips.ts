import { BATCH_VARIABLES } from '../../runtime/batch-config.ts';
import { VARIABLES } from '../../runtime/config.ts';
import { METRICS_VARIABLES } from '../../runtime/metrics-config.ts';
import { nearest } from '../../runtime/nearest.ts';

const KNOWN = [...VARIABLES, ...BATCH_VARIABLES, ...METRICS_VARIABLES];

/**
 * Sentences about variables whose names look like slips of those that the functions read, such as MODEL_URL.
 * A model may have variables of its own, so they are no mistakes.
 */
export function variableSlips(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const meant = KNOWN.includes(name) ? undefined : KNOWN.find((known) => isSlip(name, known));
    return meant === undefined || names.includes(meant)
      ? []
      : [`the variable ${name} is unknown here; is ${meant} meant?`];
  });
}

/** The same but for case, for underscores, or for a letter or two of one of its words. */
function isSlip(name: string, known: string): boolean {
  const plain = (text: string) => text.replaceAll('_', '').toUpperCase();
  if (plain(name) === plain(known)) {
    return true;
  }
  const [words, others] = [name.split('_'), known.split('_')];
  const odd = others.filter((word, index) => words[index] !== word);
  const place = others.indexOf(odd[0] ?? '');
  return (
    words.length === others.length && odd.length === 1 && nearest(words[place] as string, odd) !== undefined
  );
}
