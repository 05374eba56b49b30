import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Artifact, Size } from './artifact.ts';
import type { ColdTimes } from './cold-process.ts';
import { runModule } from './processes.ts';
import { type Summary, summarize } from './statistics.ts';
import { toTable } from './table.ts';

const PROCESSES = 25;
const MODEL = 'Identity';

/** The modules that a process imports before its first call. */
const STARTS = {
  bare: ['bench/bare.mjs'],
  handler: ['handlers/predict.mjs'],
  handlerAndModel: ['handlers/predict.mjs', `models/${MODEL}.mjs`],
} as const;
type StartName = keyof typeof STARTS;

type Step = Exclude<keyof ColdTimes, 'model'> | 'total';

/** Milliseconds of the steps of a cold start; `total`: import and first call. */
export type ColdStart = { readonly [K in Step]: Summary };

/** Cold starts, and the size of the code. */
export interface ColdResult {
  readonly bare: ColdStart;
  readonly handler: ColdStart;
  /** Handler minus bare, of processes started one after the other. */
  readonly onTop: ColdStart;
  /** How much of the first call is the import of the model's file. */
  readonly modelImport: Summary;
  readonly size: Size;
}

/** What the predict handler adds to a cold start. */
export async function measureCold({ folder, size }: Artifact): Promise<ColdResult> {
  const names = Object.keys(STARTS) as StartName[];
  const times: Record<StartName, Times[]> = { bare: [], handler: [], handlerAndModel: [] };
  // The first round fills the disk cache and does not count.
  for (let round = 0; round <= PROCESSES; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const measured = await start(folder, name);
      if (round > 0) times[name].push(measured);
    }
  }
  const { bare, handler, handlerAndModel } = times;
  return {
    bare: toColdStart(bare),
    handler: toColdStart(handler),
    onTop: toColdStart(handler, bare),
    modelImport: summarize(handlerAndModel.map(({ model }) => model)),
    size,
  };
}

/** The result as text. */
export function showCold({ bare, handler, onTop, modelImport, size }: ColdResult): string {
  const line = (title: string, start: ColdStart) => [
    title,
    ...[start.import, start.firstCall, start.secondCall, start.total].map(({ median }) => median.toFixed(1)),
    `${start.total.p25.toFixed(1)}-${start.total.p75.toFixed(1)}`,
    start.total.min.toFixed(1),
  ];
  return [
    `Cold starts, milliseconds: medians of ${handler.total.count} fresh processes each, model ${MODEL}.`,
    '',
    toTable([
      ['', 'import', '1st call', '2nd call', 'import + 1st', 'p25-p75', 'min'],
      line('bare handler', bare),
      line('predict handler', handler),
      line('difference', onTop).slice(0, -1),
    ]),
    '',
    `Importing the model's file is ${modelImport.median.toFixed(1)} ms of the first call.`,
    `handlers/predict.mjs with the chunks that it imports (${size.files} files): ${kilobytes(size.bytes)} minified, ` +
      `${kilobytes(size.gzippedBytes)} gzipped; ${kilobytes(size.dependencyBytes)} of it are dependencies.`,
  ].join('\n');
}

type Times = ColdTimes & { readonly total: number };

async function start(folder: string, name: StartName): Promise<Times> {
  const urls = STARTS[name].map((path) => pathToFileURL(join(folder, path)).href);
  const times = await runModule<ColdTimes>(join(folder, 'bench/cold-process.mjs'), {
    args: urls,
    environment: { MODEL_NAME: MODEL },
  });
  return { ...times, total: times.import + times.firstCall };
}

/** @param minus - what is taken off each of `times`: those of the process started beside it. */
function toColdStart(times: readonly Times[], minus?: readonly Times[]): ColdStart {
  const summaryOf = (step: Step) =>
    summarize(times.map((each, index) => each[step] - (minus?.[index]?.[step] ?? 0)));
  return {
    import: summaryOf('import'),
    firstCall: summaryOf('firstCall'),
    secondCall: summaryOf('secondCall'),
    total: summaryOf('total'),
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
