import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Artifact } from './artifact.ts';
import { DECIMALS } from './events.ts';
import type { HotCase, Samples } from './hot-process.ts';
import { runModule } from './processes.ts';
import { type Summary, summarize } from './statistics.ts';
import { toTable } from './table.ts';

/** Garbage is collected before every sample, so that none pays for another. */
const FLAGS = ['--expose-gc'];
/** What the optimizer makes of a handler differs from process to process. */
const PROCESSES = 3;

const CASES: readonly (HotCase & { readonly title: string; readonly model: string })[] = [
  { title: 'ndarray 1x4', model: 'Identity', message: 'iris' },
  { title: 'tensor 100x784', model: 'Identity', message: 'tensor 100x784' },
  { title: 'ndarray 100x784', model: 'Identity', message: 'ndarray 100x784' },
  { title: 'tensor 700x784 (5 MB)', model: 'Identity', message: 'tensor 700x784' },
  { title: 'tensor 100x784', model: 'Scale', message: 'tensor 100x784', byHand: 'scale' },
  { title: 'tensor 100x784', model: 'Classifier', message: 'tensor 100x784', byHand: 'classify' },
];

/** A body and model against a floor. Times are microseconds per call. */
export interface OverheadRow {
  readonly body: string;
  readonly model: string;
  /** `JSON`: the same body is read and written; `by hand`: with the model's computation between. */
  readonly against: 'JSON' | 'by hand';
  readonly floor: Summary;
  readonly handler: Summary;
  /** Handler minus floor, and handler through floor, of samples taken one after the other. */
  readonly onTop: Summary;
  readonly ratio: Summary;
}

/** What the predict handler costs above a bare one, warm. */
export async function measureOverhead({ folder }: Artifact): Promise<OverheadRow[]> {
  const measured = CASES.map((): Samples[] => []);
  for (let round = 0; round < PROCESSES; round++)
    for (const [index, each] of CASES.entries()) measured[index]?.push(await runCase(folder, each));
  return CASES.flatMap(({ title, model, byHand }, index) => {
    const samplesOf = (name: string) => measured[index]?.flatMap((process) => process[name] ?? []) ?? [];
    const compare = (against: OverheadRow['against'], floor: readonly number[]): OverheadRow => ({
      body: title,
      model,
      against,
      ...comparison(samplesOf('handler'), floor),
    });
    const rows = [compare('JSON', samplesOf('bare'))];
    return byHand === undefined ? rows : [...rows, compare('by hand', samplesOf('byHand'))];
  });
}

/** The rows as text. */
export function showOverhead(rows: readonly OverheadRow[]): string {
  const header = ['body', 'model', 'against', 'floor', 'handler', 'on top', 'ratio', 'p25-p75', 'of minima'];
  const lines = rows.map(({ body, model, against, floor, handler, onTop, ratio }) => [
    body,
    model,
    against,
    microseconds(floor.median),
    microseconds(handler.median),
    microseconds(onTop.median),
    ratio.median.toFixed(2),
    `${ratio.p25.toFixed(2)}-${ratio.p75.toFixed(2)}`,
    (handler.min / floor.min).toFixed(2),
  ]);
  return [
    `Warm calls, microseconds each: medians of ${rows[0]?.ratio.count} samples from ${PROCESSES} processes (node ${FLAGS.join(' ')}).`,
    'Floor "JSON": JSON.parse and JSON.stringify of the same body; "by hand": with the model\'s computation between them.',
    `Numbers have ${DECIMALS} decimals.`,
    '',
    toTable([header, ...lines]),
  ].join('\n');
}

function runCase(folder: string, { model, message, byHand }: (typeof CASES)[number]): Promise<Samples> {
  const handler = pathToFileURL(join(folder, 'handlers/predict.mjs')).href;
  return runModule<Samples>(join(folder, 'bench/hot-process.mjs'), {
    flags: FLAGS,
    args: [handler, JSON.stringify({ message, byHand } satisfies HotCase)],
    environment: { MODEL_NAME: model },
  });
}

function comparison(handler: readonly number[], floor: readonly number[]) {
  return {
    floor: summarize(floor),
    handler: summarize(handler),
    onTop: summarize(handler.map((value, index) => value - (floor[index] as number))),
    ratio: summarize(handler.map((value, index) => value / (floor[index] as number))),
  };
}

function microseconds(value: number): string {
  return Math.abs(value) < 100 ? value.toFixed(1) : value.toFixed(0);
}
