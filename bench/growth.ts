import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Artifact } from './artifact.ts';
import { runChild } from './child.ts';
import type { Effort } from './effort.ts';
import type { GrowthCase, GrowthTimes } from './growth-process.ts';
import { firstAndLast } from './nodes.ts';
import { type Summary, summarize } from './statistics.ts';
import { toTable } from './table.ts';

const KINDS = ['tensor', 'ndarray'] as const;
/** Up to what Lambda takes, 6 MB. */
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
/** What is below is mostly the same for every call. */
const LARGE_BYTES = 90_000;

/** An array of a shape, both ways. */
export interface GrowthRow {
  readonly kind: (typeof KINDS)[number];
  readonly shape: readonly [number, number];
  readonly bodyBytes: number;
  /** Microseconds per call. */
  readonly floor: Summary;
  readonly ours: Summary;
  readonly ratio: Summary;
  /** Bytes at the peak of three calls. */
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

/** What a larger array costs: model Identity. */
export async function measureGrowth(
  { folder }: Artifact,
  { isQuick, nodes }: Effort,
): Promise<GrowthTable[]> {
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

/** The tables as text. */
export function showGrowth(tables: readonly GrowthTable[]): string {
  const rows = tables[0]?.rows ?? [];
  return [
    `As arrays grow, model Identity: medians of ${rows[0]?.ratio.count} samples in turns, microseconds, and of ${rows[0]?.oursPeak.count} fresh processes, MB: what`,
    'three calls needed at their peak. Aims: in proportion to the body; at most 3 x the body beyond what the floor needs.',
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
      // Of a small body it would be the noise of pages.
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

/** What is called where. */
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
    runChild<T>(join(folder, 'bench/growth-process.mjs'), {
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

/** Slope of the line through the logarithms of sizes and times. */
function exponent(rows: readonly GrowthRow[], timesOf: (row: GrowthRow) => Summary): number {
  const points = rows
    .filter(({ bodyBytes }) => bodyBytes >= LARGE_BYTES)
    .map((row) => [Math.log(row.bodyBytes), Math.log(timesOf(row).median)] as const);
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}
