import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../../../test/support/child.ts';
import { firstAndLast } from '../../lib/nodes.ts';
import type { Aim, Bench, Question } from '../../lib/question.ts';
import { type Summary, spreadOf, summarize } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import type { GrowthCase, GrowthTimes } from './process.ts';

const KINDS = ['tensor', 'ndarray'] as const;
/** Up to 6 MB, the most that Lambda accepts. */
const SHAPES: readonly (readonly [rows: number, columns: number])[] = [
  [1, 4],
  [10, 4],
  [100, 4],
  [1_000, 4],
  [10_000, 4],
  [100_000, 4],
  [1, 784],
  [10, 784],
  [100, 784],
  [700, 784],
  [1, 10_000],
  [10, 10_000],
  [60, 10_000],
];
const QUICK_SHAPES = SHAPES.filter(([rows, columns]) => rows * columns === 400_000 || rows === 100);
/** Below this size of a body most of a call's cost is the same for every call. */
const LARGE_BYTES = 90_000;
/** Memory beyond the floor's, in sizes of the body. */
const MEMORY_AIM = 3;

/** An array of a shape. */
export interface GrowthRow {
  readonly kind: (typeof KINDS)[number];
  readonly shape: readonly [number, number];
  readonly bodyBytes: number;
  /** Microseconds per call. */
  readonly floor: Summary;
  readonly ours: Summary;
  readonly ratio: Summary;
  /** Bytes that three calls needed at their peak. */
  readonly floorPeak: Summary;
  readonly oursPeak: Summary;
}

/** Time and memory as the array grows, with one node. */
export interface GrowthTable {
  readonly node: string;
  readonly rows: readonly GrowthRow[];
  /** Time grows with this power of the body's size, from 90 kB on; 1: in proportion. */
  readonly exponents: { readonly floor: number; readonly ours: number };
}

/** The cost of a call as the array grows, with model Identity. */
export const growth: Question<readonly GrowthTable[]> = { measure, show, aims };

async function measure({ artifact: { folder }, isQuick, nodes }: Bench): Promise<GrowthTable[]> {
  const tables: GrowthTable[] = [];
  for (const [version, node] of firstAndLast(nodes)) {
    const rows: GrowthRow[] = [];
    for (const kind of KINDS) {
      for (const shape of isQuick ? QUICK_SHAPES : SHAPES) {
        rows.push(await measureShape({ folder, node, kind, shape }, isQuick ? 2 : 15, isQuick ? 1 : 5));
      }
    }
    const exponents = {
      floor: exponent(rows, ({ floor }) => floor),
      ours: exponent(rows, ({ ours }) => ours),
    };
    tables.push({ node: version, rows, exponents });
  }
  return tables;
}

function show(tables: readonly GrowthTable[]): string {
  const rows = tables[0]?.rows ?? [];
  return [
    `As arrays grow, model Identity: medians of ${rows[0]?.ratio.count} samples in turns, microseconds, and of ${rows[0]?.oursPeak.count} fresh processes, MB: what`,
    `three calls needed at their peak. Aims: in proportion to the body; at most ${MEMORY_AIM} x the body beyond what the floor needs.`,
    ...tables.flatMap((table) => ['', showTable(table)]),
  ].join('\n');
}

function showTable({ node, rows, exponents }: GrowthTable): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(bytes < 1e5 ? 3 : 1);
  const lines = rows.map(
    ({ kind, shape: [rows, columns], bodyBytes, floor, ours, ratio, floorPeak, oursPeak }) => [
      `${kind} ${rows}x${columns}`,
      megabytes(bodyBytes),
      floor.median.toFixed(0),
      ours.median.toFixed(0),
      ratio.median.toFixed(2),
      `${ratio.p25.toFixed(2)}-${ratio.p75.toFixed(2)}`,
      ((1000 * ours.median) / (rows * columns)).toFixed(0),
      megabytes(floorPeak.median),
      megabytes(oursPeak.median),
      // For a small body the number would be noise: memory comes in pages.
      bodyBytes < LARGE_BYTES
        ? ''
        : `${((oursPeak.median - floorPeak.median) / bodyBytes).toFixed(1)} x the body`,
    ],
  );
  return [
    `From 90 kB on the time grows with the body to the power of ${exponents.ours.toFixed(2)}; the floor's: ${exponents.floor.toFixed(2)}.`,
    toTable([
      [
        `node ${node}`,
        'MB',
        'floor',
        'ours',
        'ratio',
        'p25-p75',
        'ns/number',
        'peak, floor',
        'peak, ours',
        'beyond the floor',
      ],
      ...lines,
    ]),
  ].join('\n');
}

/** Which array is sent to which code. */
interface GrowthPlace {
  readonly folder: string;
  readonly node: string;
  readonly kind: GrowthCase['kind'];
  readonly shape: readonly [number, number];
}

async function measureShape(
  { folder, node, kind, shape }: GrowthPlace,
  rounds: number,
  processes: number,
): Promise<GrowthRow> {
  const [rows, columns] = shape;
  const url = pathToFileURL(join(folder, 'handlers/predict.mjs')).href;
  const run = <T>(measure: GrowthCase['measure']) =>
    runChild<T>(join(folder, 'bench/growth.mjs'), {
      node,
      flags: ['--expose-gc'],
      args: [JSON.stringify({ kind, rows, columns, url, measure, rounds } satisfies GrowthCase)],
      environment: { MODEL_NAME: 'Identity', SELDON_LOG_LEVEL: 'ERROR' },
    });
  const { floor, ours, bodyBytes } = await run<GrowthTimes>('time');
  const floorPeaks: number[] = [];
  const ourPeaks: number[] = [];
  for (let round = 0; round < processes; round++) {
    floorPeaks.push(await run('floor'));
    ourPeaks.push(await run('ours'));
  }
  return {
    kind,
    shape,
    bodyBytes,
    floor: summarize(floor),
    ours: summarize(ours),
    ratio: summarize(ours.map((value, index) => value / (floor[index] as number))),
    floorPeak: summarize(floorPeaks),
    oursPeak: summarize(ourPeaks),
  };
}

/** The slope of the line through the logarithms of sizes and times. */
function exponent(rows: readonly GrowthRow[], timesOf: (row: GrowthRow) => Summary): number {
  const points = rows
    .filter(({ bodyBytes }) => bodyBytes >= LARGE_BYTES)
    .map((row) => [Math.log(row.bodyBytes), Math.log(timesOf(row).median)] as const);
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

function aims(tables: readonly GrowthTable[]): Aim[] {
  return tables.flatMap(({ node, rows }) =>
    rows
      .filter(({ bodyBytes }) => bodyBytes >= LARGE_BYTES)
      .map(({ kind, shape, bodyBytes, floorPeak, oursPeak }) => ({
        title: `memory, node ${node}, ${kind} ${shape.join('x')}, sizes of the body beyond the floor`,
        value: (oursPeak.median - floorPeak.median) / bodyBytes,
        spread: (spreadOf(oursPeak) + spreadOf(floorPeak)) / bodyBytes,
        limit: MEMORY_AIM,
      })),
  );
}
