import type { DefaultData } from '../runtime/model/message.ts';
import { chart, inWords } from './chart.ts';
import { element } from './element.ts';
import { flatArray } from './flat-array.ts';

/** An answered array as rows with named columns. */
export interface Result {
  readonly names: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The table shows no more rows and columns than these; the text below it has all. */
const MAX_ROWS = 100;
const MAX_COLUMNS = 20;

/** The rows of an answer, where a single axis is one row; undefined for data without an array. */
export function resultOf(data: DefaultData | null | undefined): Result | undefined {
  const array = flatArray(data);
  if (array === undefined) {
    return undefined;
  }
  const columns = array.shape.at(-1) ?? 0;
  const count = columns === 0 ? 0 : array.values.length / columns;
  const names = data?.names?.length === columns ? data.names : [];
  return {
    names: Array.from({ length: columns }, (_, column) => String(names[column] ?? column)),
    rows: Array.from({ length: count }, (_, row) => array.values.slice(row * columns, (row + 1) * columns)),
  };
}

/** The gist of a result in one sentence. */
export function describeResult({ names, rows }: Result): string {
  const [first] = rows;
  if (first === undefined) {
    return 'An empty array';
  }
  if (rows.length > 1) {
    return `${rows.length} rows, ${names.length} columns`;
  }
  return isNumbers(first) ? inWords(names, first) : `A row of ${names.length}`;
}

/** The rows as a table, and the numbers of one row as bars; the person chooses the row. */
export function showResult({ names, rows }: Result): HTMLElement {
  const charts = element('div', {});
  const show = (row: number) => {
    const values = rows[row];
    charts.replaceChildren(...(values && isNumbers(values) ? [chart(names, values)] : []));
  };
  show(0);
  const [first] = rows;
  const isOne = rows.length === 1 && first !== undefined && isNumbers(first);
  return element(
    'div',
    { class: 'result' },
    !isOne && rows.length > 0 && table(names, rows),
    rows.length > 1 && rows.some(isNumbers) && chooser(Math.min(rows.length, MAX_ROWS), show),
    charts,
  );
}

function table(names: readonly string[], rows: Result['rows']): HTMLElement {
  const shown = rows.slice(0, MAX_ROWS);
  const isCut = rows.length > MAX_ROWS || names.length > MAX_COLUMNS;
  const heads = names.slice(0, MAX_COLUMNS).map((name) => element('th', { scope: 'col' }, name));
  const lines = shown.map((row, index) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, String(index)),
      ...row.slice(0, MAX_COLUMNS).map((value) => element('td', {}, showValue(value))),
    ),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Answered rows' },
    element(
      'table',
      {},
      element('caption', {}, isCut ? 'The first rows and columns; all are in the text below' : 'Rows'),
      element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Row'), ...heads)),
      element('tbody', {}, ...lines),
    ),
  );
}

function chooser(count: number, onChoose: (row: number) => void): HTMLElement {
  const select = element(
    'select',
    { id: 'chart-row' },
    ...Array.from({ length: count }, (_, row) => element('option', { value: String(row) }, `Row ${row}`)),
  );
  select.addEventListener('change', () => onChoose(Number(select.value)));
  return element(
    'div',
    { class: 'field chooser' },
    element('label', { for: 'chart-row' }, 'Bars of'),
    select,
  );
}

function isNumbers(values: readonly unknown[]): values is readonly number[] {
  return values.length > 0 && values.every((value) => typeof value === 'number');
}

function showValue(value: unknown): string {
  if (typeof value === 'number') {
    return String(Number(value.toPrecision(6)));
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
