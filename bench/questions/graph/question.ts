import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../../../test/support/child.ts';
import { firstAndLast } from '../../lib/nodes.ts';
import type { Aim, Bench, Question } from '../../lib/question.ts';
import { type Summary, spreadOf, summarize } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import type { GraphCase, GraphTimes } from './process.ts';

/** One measurement of graphs, with its aim. */
export interface GraphRow {
  readonly title: string;
  readonly unit: 'us' | 'ratio';
  readonly value: Summary;
  /** At most; undefined: for comparison only. */
  readonly aim: number | undefined;
}

/** All measurements with one node. */
export interface GraphTable {
  readonly node: string;
  readonly rows: readonly GraphRow[];
}

/** The cost of a graph in one process, beside the predict function, text between units, and HTTP services. */
export const graph: Question<readonly GraphTable[]> = { measure, show, aims };

async function measure({ artifact: { folder }, isQuick, nodes }: Bench): Promise<GraphTable[]> {
  const effort = isQuick
    ? { warmUpMs: 600, rounds: 2, sampleMs: 4 }
    : { warmUpMs: 12_000, rounds: 20, sampleMs: 20 };
  const processes = isQuick ? 1 : 3;
  const tables: GraphTable[] = [];
  for (const [version, node] of firstAndLast(nodes)) {
    const times = async (message: GraphCase['message']) => {
      const all: GraphTimes[] = [];
      const [predict, graphs] = ['handlers/predict.mjs', 'bench/graph-serve.mjs'].map(
        (file) => pathToFileURL(join(folder, file)).href,
      ) as [string, string];
      for (let round = 0; round < processes; round++) {
        all.push(
          await runChild<GraphTimes>(join(folder, 'bench/graph.mjs'), {
            node,
            flags: ['--expose-gc'],
            args: [JSON.stringify({ message, predict, graphs, ...effort } satisfies GraphCase)],
            environment: { MODEL_NAME: 'Identity', SELDON_LOG_LEVEL: 'ERROR' },
          }),
        );
      }
      return all;
    };
    tables.push({
      node: version,
      rows: [...smallRows(await times('iris')), ...largeRows(await times('ndarray 100x784'))],
    });
  }
  return tables;
}

type Pick = (times: GraphTimes, name: string) => readonly number[];
const wall: Pick = ({ wall: times }, name) => times[name] as readonly number[];
const cpu: Pick = ({ cpu: times }, name) => times[name] as readonly number[];

/** Combines the samples of one round of two handlers. */
function pairs(
  all: readonly GraphTimes[],
  [one, other]: readonly [string, string],
  combine: (a: number, b: number) => number,
  pick: Pick = wall,
): Summary {
  return summarize(
    all.flatMap((times) => {
      const second = pick(times, other);
      return pick(times, one).map((value, index) => combine(value, second[index] as number));
    }),
  );
}

function smallRows(all: readonly GraphTimes[]): GraphRow[] {
  const us = (title: string, value: Summary, aim?: number): GraphRow => ({ title, unit: 'us', value, aim });
  return [
    us('1x4: the predict function', summarize(all.flatMap((times) => wall(times, 'predict')))),
    us(
      '1x4: a graph of one unit, on top of that',
      pairs(all, ['graph of 1', 'predict'], (a, b) => a - b),
      5,
    ),
    us(
      '1x4: each further unit, of 5',
      pairs(all, ['graph of 5', 'graph of 1'], (a, b) => (a - b) / 4),
      6,
    ),
    us(
      '1x4: each further unit, of 20',
      pairs(all, ['graph of 20', 'graph of 1'], (a, b) => (a - b) / 19),
      6,
    ),
    us(
      '1x4: the same with text between, each',
      pairs(all, ['5 with text between', 'predict'], (a, b) => (a - b) / 4),
    ),
    us(
      '1x4: a unit behind HTTP, its CPU in the graph',
      pairs(all, ['5 behind HTTP', '1 behind HTTP'], (a, b) => (a - b) / 4, cpu),
      200,
    ),
    us(
      '1x4: a unit behind HTTP, its time',
      pairs(all, ['5 behind HTTP', '1 behind HTTP'], (a, b) => (a - b) / 4),
    ),
  ];
}

function largeRows(all: readonly GraphTimes[]): GraphRow[] {
  const ratio = (title: string, names: readonly [string, string], aim?: number): GraphRow => ({
    ...{ title: `100x784: ${title}`, unit: 'ratio', aim },
    value: pairs(all, names, (a, b) => a / b),
  });
  return [
    ratio('one unit / floor', ['graph of 1', 'floor']),
    ratio('five units / floor', ['graph of 5', 'floor'], 0.75),
    ratio('five units / one', ['graph of 5', 'graph of 1'], 1.1),
    ratio('five units / the same with text between', ['graph of 5', '5 with text between'], 0.25),
    ratio('five units that compute / floor', ['5 that compute', 'floor']),
    ratio('a combiner of five / one unit', ['combiner of 5', 'graph of 1'], 1.3),
    ratio('five units / the same behind HTTP', ['graph of 5', '5 behind HTTP']),
    {
      title: '100x784: a unit behind HTTP, its CPU in the graph',
      unit: 'us',
      value: pairs(all, ['5 behind HTTP', '1 behind HTTP'], (a, b) => (a - b) / 4, cpu),
      aim: 2_000,
    },
  ];
}

function show(tables: readonly GraphTable[]): string {
  return [
    'Graphs in one process, with model Identity unless it says otherwise; medians, all in turns in one process.',
    'Floor: JSON.parse and JSON.stringify of the same body. Text between: the predict function five times, each with the text',
    'that the one before has answered. HTTP: the units are services of one other process on this machine.',
    "For comparison: Seldon's gate for its executor is 4 ms that it may add to a call (mean).",
    ...tables.flatMap(({ node, rows }) => [
      '',
      toTable([
        [`node ${node}`, 'median', 'p25-p75', 'aim'],
        ...rows.map(({ title, unit, value, aim }) => [
          title,
          format(value.median, unit),
          `${format(value.p25, unit)}-${format(value.p75, unit)}`,
          aim === undefined ? '' : `<= ${aim}`,
        ]),
      ]),
    ]),
  ].join('\n');
}

function format(value: number, unit: GraphRow['unit']): string {
  return unit === 'us' ? `${value.toFixed(1)} us` : value.toFixed(2);
}

function aims(tables: readonly GraphTable[]): Aim[] {
  return tables.flatMap(({ node, rows }) =>
    rows.flatMap(({ title, value, aim }) =>
      aim === undefined
        ? []
        : [{ title: `node ${node}: ${title}`, value: value.median, spread: spreadOf(value), limit: aim }],
    ),
  );
}
