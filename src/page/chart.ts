import { element } from './element.ts';

/** Of more numbers only the highest are shown; the text of the answer has the rest. */
const MAX_BARS = 20;

/** Numbers by name as a table, with a bar for each number beside it. */
export function chart(names: readonly string[], values: readonly number[]): HTMLElement {
  return element(
    'table',
    { class: 'chart' },
    element('caption', {}, captionOf(values)),
    tableHead(areProbabilities(values)),
    element('tbody', {}, ...tableRows(names, values)),
  );
}

function captionOf(values: readonly number[]): string {
  if (values.length > MAX_BARS) {
    return `The ${MAX_BARS} highest of ${values.length} numbers`;
  }
  return areProbabilities(values) ? 'Probabilities' : 'Values';
}

function tableHead(arePercent: boolean): HTMLElement {
  const heading = (text: string, type?: string) => element('th', { scope: 'col', class: type }, text);
  return element(
    'thead',
    {},
    element(
      'tr',
      {},
      heading('Name'),
      element('td', { 'aria-hidden': 'true' }),
      heading(arePercent ? 'Probability' : 'Value', 'number'),
      arePercent && heading('Percent', 'number percent'),
    ),
  );
}

function tableRows(names: readonly string[], values: readonly number[]): HTMLElement[] {
  const arePercent = areProbabilities(values);
  const highest = highestOf(values);
  const low = Math.min(0, ...values);
  const high = arePercent ? 1 : Math.max(0, ...values);
  return indexesToShow(values).map((index) => {
    const value = values[index] as number;
    return element(
      'tr',
      { class: index === highest && values.length > 1 ? 'highest' : undefined },
      element('th', { scope: 'row' }, names[index]),
      element('td', { class: 'bar', 'aria-hidden': 'true' }, bar(value, low, high)),
      element('td', { class: 'number' }, showNumber(value)),
      arePercent && element('td', { class: 'number percent' }, toPercent(value)),
    );
  });
}

/** The highest number with its name: `setosa, 97.6 %`. */
export function inWords(names: readonly string[], values: readonly number[]): string {
  const index = highestOf(values);
  const value = values[index] as number;
  if (values.length === 1) {
    return `${names[index]}: ${showNumber(value)}`;
  }
  return areProbabilities(values)
    ? `Most probable: ${names[index]}, ${toPercent(value)}`
    : `Highest: ${names[index]}, ${showNumber(value)}`;
}

/** Whether these can be the probabilities of classes that exclude each other. */
export function areProbabilities(values: readonly number[]): boolean {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.length > 1 && values.every((value) => value >= 0 && value <= 1) && Math.abs(sum - 1) < 1e-3;
}

function indexesToShow(values: readonly number[]): number[] {
  const indexes = [...values.keys()];
  if (values.length <= MAX_BARS) {
    return indexes;
  }
  return indexes.sort((a, b) => (values[b] as number) - (values[a] as number)).slice(0, MAX_BARS);
}

/** A bar from zero to the value; its width is a share of the range from `low` to `high`. */
function bar(value: number, low: number, high: number): HTMLElement {
  const width = high - low || 1;
  const fill = element('span', { class: value < 0 ? 'fill negative' : 'fill' });
  // By the object model, because the policy of the page forbids style attributes.
  fill.style.marginInlineStart = `${((Math.min(value, 0) - low) / width) * 100}%`;
  fill.style.inlineSize = `${(Math.abs(value) / width) * 100}%`;
  return fill;
}

function highestOf(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > (values[best] as number) ? index : best), 0);
}

function showNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function toPercent(value: number): string {
  const percent = value * 100;
  return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}
