import { defaultNames } from './default-names.ts';

const THOUSAND = 1000;

/** The default names of more than 1000 columns as JSON text, made without a string for each of them. */
export function manyNames(columns: number): string {
  const first = defaultNames(THOUSAND);
  // The next thousands differ in what stands before their last three digits only.
  const pattern = first.map((_, i) => `,"t:#${String(i).padStart(3, '0')}"`);
  const width = (pattern[0] as string).length;
  const thousand = pattern.join('');
  const parts = [JSON.stringify(first).slice(0, -1)];
  for (let from = THOUSAND; from < columns; from += THOUSAND) {
    const part = columns - from < THOUSAND ? thousand.slice(0, (columns - from) * width) : thousand;
    parts.push(part.replaceAll('#', String(from / THOUSAND)));
  }
  parts.push(']');
  return parts.join('');
}
