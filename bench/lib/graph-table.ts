import type { GraphTable } from '../questions/graph/question.ts';

/** The first line of the table in .github/SPEED.md. */
const HEADER = '| graphs | microseconds |\n| --- | --- |';

/** The rows, by their titles in the results. */
const ROWS: Readonly<Record<string, string>> = {
  '1x4: a graph of one unit, on top of that':
    'a graph of one unit, one flower, on top of the function of its model',
  '1x4: each further unit, of 5': 'each further unit in the same process, one flower',
  '1x4: the same with text between, each':
    'the same as functions of one process, with JSON text between them',
  '1x4: a unit behind HTTP, its CPU in the graph':
    'a unit behind HTTP on the same machine, CPU time in the graph',
  '1x4: a unit behind HTTP, its time': 'the same, until it has answered',
};

/** What Seldon holds its own executor to, in its benchmark. */
const EXECUTOR = "Seldon's executor, what it may add to a call in Seldon's own gate (mean)";

/** Rows of ratios, by their titles in the results. */
const RATIOS: Readonly<Record<string, string>> = {
  '100x784: five units / floor': 'five units, 100x784, of `JSON.parse` and `JSON.stringify` of the same body',
  '100x784: five units / the same behind HTTP': 'five units, 100x784, of the same five as HTTP services',
  '100x784: a combiner of five / one unit': 'a combiner of five units, 100x784, of one unit',
};

/**
 * Replaces the table of graphs in the document by the results with the last Node.
 *
 * @throws Error when the document has no such table.
 */
export function withGraphTable(text: string, tables: readonly GraphTable[]): string {
  const start = text.indexOf(HEADER);
  if (start < 0) {
    throw new Error('.github/SPEED.md has no table of graphs');
  }
  const end = text.indexOf('\n\n', start);
  const median = (title: string) =>
    tables.at(-1)?.rows.find((row) => row.title === title)?.value.median ?? NaN;
  const lines = [
    ...Object.entries(ROWS).map(([title, words]) => `| ${words} | ${median(title).toFixed(0)} |`),
    `| ${EXECUTOR} | 4000 |`,
    ...Object.entries(RATIOS).map(([title, words]) => `| ${words} | ratio ${median(title).toFixed(2)} |`),
  ];
  return `${text.slice(0, start)}${HEADER}\n${lines.join('\n')}${text.slice(end)}`;
}
