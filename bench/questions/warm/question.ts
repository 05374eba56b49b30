import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../../../test/support/child.ts';
import { DECIMALS } from '../../lib/messages.ts';
import { firstAndLast } from '../../lib/nodes.ts';
import type { Aim, Bench, Question } from '../../lib/question.ts';
import { type Summary, spreadOf, summarize } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import type { Samples, WarmCase } from './process.ts';

/** Garbage is collected before every sample, so that no sample pays for another. */
const FLAGS = ['--expose-gc'];

interface Case {
  readonly title: string;
  readonly model: string;
  readonly message: WarmCase['message'];
  /** The handler that somebody writes by hand for this model only: another floor. */
  readonly byHand?: WarmCase['byHand'];
  /** Whether that is the only floor, as the answer is another array than the body. */
  readonly isByHandFloor?: boolean;
  /** Highest ratio to the floor; for the smallest bodies, microseconds on top of it. */
  readonly aim: { readonly ratio: number } | { readonly onTop: number } | undefined;
  readonly logs?: boolean;
  /** Whether the peers, which read arrays of numbers only, are measured, too; default: true. */
  readonly hasPeers?: boolean;
}

/** What clients send comes first; the numbers with few digits are friendly ones. */
const CASES: readonly Case[] = [
  { title: 'float32 image 100x784', model: 'Identity', message: 'float32 image', aim: { ratio: 0.4 } },
  { title: 'float64 table 2000x30', model: 'Identity', message: 'float64 table', aim: { ratio: 0.55 } },
  {
    title: 'softmax 5000x10',
    model: 'Softmax',
    message: 'scores',
    byHand: 'softmax',
    isByHandFloor: true,
    aim: { ratio: 0.55 },
  },
  {
    title: 'embeddings 100x384 answered',
    model: 'Embedding',
    message: 'texts',
    byHand: 'embed',
    isByHandFloor: true,
    aim: { ratio: 0.55 },
  },
  {
    title: 'table with text 2000x30',
    model: 'Identity',
    message: 'table with text',
    aim: { ratio: 1.1 },
    hasPeers: false,
  },
  {
    title: 'tensor 100x784, all digits',
    model: 'Identity',
    message: 'tensor 100x784, all digits',
    aim: { ratio: 0.4 },
  },
  {
    title: 'ndarray 100x784, all digits',
    model: 'Identity',
    message: 'ndarray 100x784, all digits',
    aim: { ratio: 0.4 },
  },
  {
    title: 'tensor 5 MB, all digits',
    model: 'Identity',
    message: 'tensor 350x784, all digits',
    aim: { ratio: 0.45 },
  },
  {
    title: 'ndarray 100x784, all digits',
    model: 'Scale',
    message: 'ndarray 100x784, all digits',
    aim: { ratio: 0.45 },
  },
  { title: 'tensor 100x784, friendly', model: 'Identity', message: 'tensor 100x784', aim: { ratio: 0.55 } },
  { title: 'ndarray 100x784, friendly', model: 'Identity', message: 'ndarray 100x784', aim: { ratio: 0.55 } },
  { title: 'tensor 5 MB, friendly', model: 'Identity', message: 'tensor 700x784', aim: { ratio: 0.45 } },
  {
    title: 'tensor 100x784, friendly',
    model: 'Scale',
    message: 'tensor 100x784',
    byHand: 'scale',
    aim: { ratio: 0.6 },
  },
  {
    title: 'tensor 100x784, friendly',
    model: 'Classifier',
    message: 'tensor 100x784',
    byHand: 'classify',
    aim: { ratio: 0.4 },
  },
  { title: 'ndarray 1x4', model: 'Identity', message: 'iris', aim: { onTop: 15 } },
  { title: 'the same, logged', model: 'Identity', message: 'iris', aim: undefined, logs: true },
  { title: 'strData 10 kB', model: 'Identity', message: 'strData 10 kB', aim: { onTop: 15 } },
  { title: 'binData 1 MB', model: 'Identity', message: 'binData 1 MB', byHand: 'bytes', aim: undefined },
];

/** A body and a model; microseconds per call. */
export interface WarmRow {
  readonly body: string;
  readonly model: string;
  readonly aim: Case['aim'];
  readonly floor: Summary;
  readonly ours: Summary;
  /** Ours minus the floor, of samples taken one after the other. */
  readonly onTop: Summary;
  /**
   * Divided by the floor, of samples taken one after the other: ours, by hand where that is another floor,
   * and each peer.
   */
  readonly ratios: Readonly<Record<string, Summary>>;
}

/** All bodies with one node. */
export interface WarmTable {
  readonly node: string;
  readonly rows: readonly WarmRow[];
}

/** All tables, how much was measured, and what could not be measured. */
export interface WarmResult {
  readonly tables: readonly WarmTable[];
  readonly processes: number;
  readonly missing: readonly string[];
}

/** The cost of a warm call of the predict handler above a bare one, beside that of the peers. */
export const warm: Question<WarmResult> = { measure, show, aims };

async function measure({ artifact, isQuick, nodes }: Bench): Promise<WarmResult> {
  // The optimizer compiles a handler differently from process to process.
  const processes = isQuick ? 1 : 3;
  const effort = isQuick
    ? { warmUpMs: 250, rounds: 5, sampleMs: 5 }
    : { warmUpMs: 3000, rounds: 20, sampleMs: 20 };
  const tables: WarmTable[] = [];
  for (const [version, node] of firstAndLast(nodes)) {
    const measured = CASES.map((): Samples[] => []);
    for (let round = 0; round < processes; round++) {
      for (const [index, each] of CASES.entries()) {
        // The peers of one row are enough to see that they work.
        const hasPeers = (each.hasPeers ?? true) && (!isQuick || index === 0);
        measured[index]?.push(await runCase(artifact, { ...each, hasPeers }, node, effort));
      }
    }
    const rows = CASES.map((each, index) => toRow(each, measured[index] as Samples[]));
    tables.push({ node: version, rows });
  }
  const missing = [artifact.missingPeers, nodes.missing].filter((line) => line !== undefined);
  return { tables, processes, missing };
}

function show({ tables, processes, missing }: WarmResult): string {
  return [
    `Warm calls, microseconds each: medians of ${tables[0]?.rows[0]?.floor.count} samples from ${processes} processes (node ${FLAGS.join(' ')}), all`,
    'handlers of a row called in turns in the same process.',
    'Floor: JSON.parse and JSON.stringify of the same body. The other columns are ratios to it; byHand: what the model computes,',
    `written around the floor; it is the floor where the answer is another array. Friendly numbers have ${DECIMALS} decimals, others all`,
    'digits of a double. No call is logged (SELDON_LOG_LEVEL=ERROR) but where the row says so.',
    ...missing.map((line) => `Not measured: ${line}`),
    ...tables.flatMap((table) => ['', showTable(table)]),
  ].join('\n');
}

function showTable({ node, rows }: WarmTable): string {
  const others = [...new Set(rows.flatMap(({ ratios }) => Object.keys(ratios)))].filter(
    (name) => name !== 'ours',
  );
  const header = [
    `node ${node}`,
    'model',
    'floor',
    'ours',
    'on top',
    'ours/floor',
    'p25-p75',
    'aim',
    ...others,
  ];
  const lines = rows.map(({ body, model, aim, floor, ours, onTop, ratios }) => [
    body,
    model,
    ...[floor, ours, onTop].map(({ median }) => microseconds(median)),
    ratio(ratios.ours),
    `${ratio(ratios.ours, 'p25')}-${ratio(ratios.ours, 'p75')}`,
    showAim(aim),
    ...others.map((name) => ratio(ratios[name])),
  ]);
  return toTable([header, ...lines]);
}

function runCase(
  { folder, peers }: Bench['artifact'],
  { model, message, byHand, logs = false, hasPeers }: Case,
  node: string,
  effort: Pick<WarmCase, 'warmUpMs' | 'rounds' | 'sampleMs'>,
): Promise<Samples> {
  const urlOf = (path: string) => pathToFileURL(join(folder, path)).href;
  const handlers = {
    ours: urlOf('handlers/predict.mjs'),
    ...Object.fromEntries(
      hasPeers ? [...peers.keys()].map((name) => [name, urlOf(`peers/${name}.mjs`)]) : [],
    ),
  };
  return runChild<Samples>(join(folder, 'bench/warm.mjs'), {
    node,
    flags: FLAGS,
    args: [JSON.stringify({ message, byHand, handlers, ...effort } satisfies WarmCase)],
    environment: { MODEL_NAME: model, ...(logs ? {} : { SELDON_LOG_LEVEL: 'ERROR' }) },
  });
}

function toRow(
  { title: body, model, aim, isByHandFloor = false }: Case,
  measured: readonly Samples[],
): WarmRow {
  const samplesOf = (name: string) => measured.flatMap((process) => process[name] ?? []);
  const floorName = isByHandFloor ? 'byHand' : 'floor';
  const floor = samplesOf(floorName);
  const ours = samplesOf('ours');
  const names = Object.keys(measured[0] ?? {}).filter((name) => name !== 'floor' && name !== floorName);
  const ratioOf = (name: string) =>
    summarize(samplesOf(name).map((value, index) => value / (floor[index] as number)));
  return {
    body,
    model,
    aim,
    floor: summarize(floor),
    ours: summarize(ours),
    onTop: summarize(ours.map((value, index) => value - (floor[index] as number))),
    ratios: Object.fromEntries(names.map((name) => [name, ratioOf(name)])),
  };
}

function showAim(aim: Case['aim']): string {
  if (aim === undefined) {
    return '';
  }
  return 'ratio' in aim ? `<= ${aim.ratio.toFixed(2)}` : `<= ${aim.onTop} us on top`;
}

function ratio(summary: Summary | undefined, which: 'median' | 'p25' | 'p75' = 'median'): string {
  return summary === undefined ? '' : summary[which].toFixed(2);
}

function microseconds(value: number): string {
  return Math.abs(value) < 100 ? value.toFixed(1) : value.toFixed(0);
}

function aims({ tables }: WarmResult): Aim[] {
  return tables.flatMap(({ node, rows }) =>
    rows.flatMap(({ body, model, aim, onTop, ratios }) => {
      if (aim === undefined) {
        return [];
      }
      const [summary, limit, unit] =
        'ratio' in aim
          ? [ratios.ours as Summary, aim.ratio, '']
          : [onTop, aim.onTop, ', microseconds on top'];
      const title = `warm, node ${node}, ${body}, ${model}${unit}`;
      return [{ title, value: summary.median, spread: spreadOf(summary), limit }];
    }),
  );
}
