import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from '../src/bundle/bundle.ts';
import { bundleProcess } from './process-bundle.ts';
import { runModule } from './processes.ts';
import type { WarmSamples } from './state-warm-process.ts';
import { type Summary, summarize } from './statistics.ts';
import { toTable } from './table.ts';
import { type Estimate, estimate, judge, type Verdict, withNoise } from './verdict.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODEL = 'EpsilonGreedy';
const COPIES = ['without', 'again', 'kept'];
const PROCESSES = 8;
const AIM_MICROSECONDS = 20;

/** /route with and without a store, microseconds per call. */
export interface StateWarm {
  readonly without: Summary;
  readonly kept: Summary;
  /** `kept` minus `without`: the mean over processes of the median of samples taken one after the other. */
  readonly onTop: Estimate;
  /** Two copies without a store, one minus the other. */
  readonly noise: Estimate;
  readonly verdict: Verdict;
}

/** What a state that need not be looked for costs. */
export async function measureStateWarm(): Promise<StateWarm> {
  const folder = mkdtempSync(join(tmpdir(), 'seldon-lambda-bench-'));
  try {
    await makeCopies(folder);
    const samples: WarmSamples[] = [];
    for (let round = 0; round < PROCESSES; round++) {
      samples.push(await measure(folder));
    }
    const all = (name: keyof WarmSamples) => samples.flatMap((each) => each[name]);
    const noise = estimate(samples.map((each) => medianDifference(each.again, each.without)));
    const onTop = withNoise(
      estimate(samples.map((each) => medianDifference(each.kept, each.without))),
      noise,
    );
    return {
      without: summarize(all('without')),
      kept: summarize(all('kept')),
      onTop,
      noise,
      verdict: judge(onTop, AIM_MICROSECONDS),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The result as text. */
export function showStateWarm({ without, kept, onTop, noise, verdict }: StateWarm): string {
  const line = (title: string, { median, p25, p75, min }: Summary) => [
    title,
    median.toFixed(2),
    `${p25.toFixed(2)} to ${p75.toFixed(2)}`,
    min.toFixed(2),
  ];
  const text = ({ mean, uncertainty }: Estimate) => `${mean.toFixed(2)} ± ${uncertainty.toFixed(2)}`;
  return [
    `/route of ${MODEL}, warm, STATE_MAX_AGE_MS not reached, microseconds: ${without.count} samples from ${PROCESSES} processes.`,
    '',
    toTable([
      ['', 'median', 'p25 to p75', 'min'],
      line('without STATE_URL', without),
      line('with STATE_URL', kept),
    ]),
    '',
    `On top: ${text(onTop)} (95 %; between two copies without STATE_URL, which are the same: ${text(noise)}).`,
    `Aim: less than ${AIM_MICROSECONDS} on top: ${verdict}.`,
  ].join('\n');
}

/** Of samples that belong together in pairs. */
function medianDifference(samples: readonly number[], others: readonly number[]): number {
  return summarize(samples.map((sample, index) => sample - (others[index] as number))).median;
}

function measure(folder: string): Promise<WarmSamples> {
  const routes = COPIES.map((name) => pathToFileURL(join(folder, name, 'handlers/route.mjs')).href);
  return runModule<WarmSamples>(join(folder, 'state-warm-process.mjs'), {
    flags: ['--expose-gc'],
    args: [...routes, pathToFileURL(join(folder, 'states')).href],
    environment: {
      MODEL_NAME: MODEL,
      PREDICTIVE_UNIT_PARAMETERS: JSON.stringify([{ name: 'n_branches', value: '3', type: 'INT' }]),
      SELDON_LOG_LEVEL: 'ERROR',
      STATE_MAX_AGE_MS: '3600000',
    },
  });
}

/** One process can hold several configurations only in as many copies of the code. */
async function makeCopies(folder: string): Promise<void> {
  const models = { [MODEL]: `models/${MODEL}.ts` };
  const { files } = await bundle({ root: ROOT, models, outdir: 'dist/bench', minify: true });
  for (const name of COPIES) {
    for (const [path, contents] of files) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true });
      writeFileSync(join(folder, name, path), contents);
    }
  }
  await bundleProcess('bench/state-warm-process.ts', folder);
}
