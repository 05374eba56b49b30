import { CLIENT_NAME } from '../../lib/first-answer.ts';
import type { Summary } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import type { ColdTimes } from './process.ts';

/** A start in fresh processes, milliseconds. */
export interface ColdRow {
  readonly title: string;
  readonly aim: number | undefined;
  /** The title of the start that it is on top of. */
  readonly above: string;
  /** From the start of a process to its first answer under the runtime client. */
  readonly firstAnswer: Summary;
  /** Import and first call, in a process that does nothing else. */
  readonly total: Summary;
  readonly steps: { readonly [K in keyof ColdTimes]: Summary };
  /** Above those of that start in the same round. */
  readonly onTop: { readonly firstAnswer: Summary; readonly total: Summary };
}

/** All starts with one node. */
export interface ColdTable {
  readonly node: string;
  readonly rows: readonly ColdRow[];
}

/** All tables, and what could not be started. */
export interface ColdResult {
  readonly tables: readonly ColdTable[];
  readonly missing: readonly string[];
}

/** The title of the process that everything is measured on top of. */
export const FLOOR = 'floor';
/** Milliseconds on top of the floor, until the first answer. */
export const AIM = 6;
/** The same of a graph, on top of the predict function. */
export const GRAPH_AIM = 3;

/** Writes the result as tables. */
export function show({ tables, missing }: ColdResult): string {
  return [
    `Cold starts, milliseconds: medians of ${tables[0]?.rows[0]?.total.count} fresh processes each, one of each in turns, one flower in the body.`,
    `First answer: from the start of a process to its first answer under ${CLIENT_NAME}; the others: in a process of its own`,
    'that does nothing else. On top: of the floor in the same round, or of what is named. A store answers from a server on this machine, whose time',
    `is included. Aims: at most ${AIM} ms on top until the first answer without a store, 20 ms with the state in DynamoDB, 25 ms`,
    `in Redis, both without TLS, and for a graph at most ${GRAPH_AIM} ms on top of ours.`,
    'Compile cache: NODE_COMPILE_CACHE, filled by an earlier process of the same node.',
    ...missing.map((line) => `Not measured: ${line}`),
    ...tables.flatMap((table) => ['', showTable(table)]),
  ].join('\n');
}

function showTable({ node, rows }: ColdTable): string {
  const ms = ({ median }: Summary) => median.toFixed(1);
  const spread = ({ p25, p75 }: Summary) => `${p25.toFixed(1)}-${p75.toFixed(1)}`;
  const header = [
    `node ${node}`,
    'first answer',
    'on top',
    'p25-p75',
    'import',
    '1st call',
    '2nd call',
    'import + 1st',
    'on top',
    'p25-p75',
  ];
  const lines = rows.map(({ title, above, firstAnswer, total, steps, onTop }) => [
    above === FLOOR ? title : `${title}, on top of ${above}`,
    ms(firstAnswer),
    ms(onTop.firstAnswer),
    spread(onTop.firstAnswer),
    ...[steps.import, steps.firstCall, steps.secondCall, total, onTop.total].map(ms),
    spread(onTop.total),
  ]);
  return toTable([header, ...lines]);
}
