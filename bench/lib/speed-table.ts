import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ColdResult } from '../questions/cold/show.ts';
import type { GraphTable } from '../questions/graph/question.ts';
import type { WarmResult } from '../questions/warm/question.ts';
import { withGraphTable } from './graph-table.ts';

/** Results by the names of the questions, as far as they were asked. */
export interface SpeedResults {
  readonly warm?: WarmResult;
  readonly cold?: ColdResult;
  readonly graph?: readonly GraphTable[];
}

/** Where and when the results were measured. */
export interface Measured {
  /** ISO 8601. */
  readonly date: string;
  readonly cpu: string;
}

const DOCUMENT = fileURLToPath(new URL('../../.github/SPEED.md', import.meta.url));
const COLUMNS = ['ours', 'hono', 'express', 'powertools', 'middy'];
const HEADER =
  '| | seldon-lambda | hono | express | Powertools | middy |\n| --- | --- | --- | --- | --- | --- |';

/** One row of the table: its title, and what it takes from the results. */
interface Row {
  readonly title: string;
  /** Undefined where the question was not asked. */
  cells(results: SpeedResults): readonly string[] | undefined;
}

/** What clients send comes first. */
const ROWS: readonly Row[] = [
  ratios('an image of 100x784 pixels as float32, identity', 'float32 image 100x784', 'Identity'),
  ratios('a table of 2000x30 float64, identity', 'float64 table 2000x30', 'Identity'),
  ratios('5000x10 scores, their softmax answered', 'softmax 5000x10', 'Softmax'),
  ratios('100 numbers, 100x384 float32 answered', 'embeddings 100x384 answered', 'Embedding'),
  ratios('a table of 2000x30 with text, identity', 'table with text 2000x30', 'Identity'),
  ratios(
    '100x784 numbers of 16 to 18 digits as `tensor`, identity',
    'tensor 100x784, all digits',
    'Identity',
  ),
  ratios('the same as `ndarray`', 'ndarray 100x784, all digits', 'Identity'),
  ratios('5 MB of them, identity', 'tensor 5 MB, all digits', 'Identity'),
  ratios('100x784 of them as `ndarray`, each halved by the model', 'ndarray 100x784, all digits', 'Scale'),
  ratios('friendly: 100x784 numbers of 6 decimals as `tensor`', 'tensor 100x784, friendly', 'Identity'),
  ratios('friendly: the same as `ndarray`', 'ndarray 100x784, friendly', 'Identity'),
  ratios('friendly: 5 MB', 'tensor 5 MB, friendly', 'Identity'),
  ratios('friendly: 100x784 numbers, each halved by the model', 'tensor 100x784, friendly', 'Scale'),
  ratios('friendly: 100x784 numbers, 100x10 answered', 'tensor 100x784, friendly', 'Classifier'),
  ratios('1 MB of `binData`', 'binData 1 MB', 'Identity'),
  onTop('one flower, microseconds on top', 'ndarray 1x4'),
  onTop('10 kB of `strData`, microseconds on top', 'strData 10 kB'),
  { title: 'cold start', cells: ({ cold }) => cold && COLUMNS.map((name) => coldStart(cold, name)) },
  ...['DynamoDB Local', 'DynamoDB Local, TLS', 'redis', 'redis, TLS'].map((store) =>
    coldWithState(
      store,
      `cold start with the state in ${store.replace('redis', 'Redis').replace(',', ' over')}`,
    ),
  ),
];

/**
 * Writes the results into the tables of .github/SPEED.md. Rows of questions that were not asked stay as they
 * are.
 */
export function writeSpeedTable(results: SpeedResults, { date, cpu }: Measured): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  const start = text.indexOf('| | seldon-lambda');
  const end = text.indexOf('\n\n', start);
  const old = text.slice(start, end).split('\n');
  const lines = ROWS.map(({ title, cells }) => {
    const measured = cells(results);
    return measured === undefined
      ? (old.find((line) => line.startsWith(`| ${title} |`)) ?? `| ${title} |${' |'.repeat(COLUMNS.length)}`)
      : `| ${[title, ...measured].join(' | ')} |`;
  });
  const tables = results.graph ?? (results.warm ?? results.cold)?.tables;
  const node = tables?.at(-1)?.node.replace(/^v(\d+\.\d+).*/, '$1');
  const day = new Date(date).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
  const head = text
    .slice(0, start)
    .replace(
      /^\d.*?\(the version that is deployed\), .*?\. The lower/m,
      `${day}, Node ${node} (the version that is deployed), ${cpu}. The lower`,
    );
  const written = `${head}${HEADER}\n${lines.join('\n')}${text.slice(end)}`;
  writeFileSync(DOCUMENT, results.graph ? withGraphTable(written, results.graph) : written);
}

function ratios(title: string, body: string, model: string): Row {
  return {
    title,
    cells: ({ warm }) =>
      warm && COLUMNS.map((name) => warmRow(warm, body, model)?.ratios[name]?.median.toFixed(2) ?? ''),
  };
}

function onTop(title: string, body: string): Row {
  return {
    title,
    cells({ warm }) {
      const row = warm && warmRow(warm, body, 'Identity');
      const floor = row?.floor.median as number;
      return (
        row &&
        COLUMNS.map((name) => {
          const ratio = row.ratios[name]?.median;
          const microseconds = name === 'ours' ? row.onTop.median : ratio && (ratio - 1) * floor;
          return microseconds?.toFixed(0) ?? '';
        })
      );
    },
  };
}

/** The row of the node that is deployed, which is measured last. */
function warmRow({ tables }: WarmResult, body: string, model: string) {
  return tables.at(-1)?.rows.find((row) => row.body === body && row.model === model);
}

function coldWithState(store: string, title: string): Row {
  return {
    title,
    cells: ({ cold }) =>
      cold && COLUMNS.map((name) => (name === 'ours' ? coldStart(cold, `ours, state: ${store}`) : '')),
  };
}

function coldStart({ tables }: ColdResult, title: string): string {
  const row = tables.at(-1)?.rows.find((each) => each.title === title);
  return row?.onTop.firstAnswer.median.toFixed(1) ?? '';
}
