import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../../../test/support/child.ts';
import { judge } from '../../lib/gate.ts';
import type { Aim, Bench, Question } from '../../lib/question.ts';
import { type Estimate, estimate, type Summary, summarize, withNoise } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import type { StateWarmCase, StateWarmSamples } from './process.ts';

const MODEL = 'EpsilonGreedy';
const COPIES = ['without', 'again', 'withStore'] as const;
const AIM_MICROSECONDS = 20;

/** /route with and without a store, microseconds per call. */
export interface StateWarm {
  readonly processes: number;
  readonly without: Summary;
  readonly withStore: Summary;
  /**
   * `withStore` minus `without`: the mean over processes of the median of samples taken one after the other.
   */
  readonly onTop: Estimate;
  /** Two copies without a store, one minus the other. */
  readonly noise: Estimate;
}

/** The cost of a state that is young enough not to be read from its store. */
export const stateWarm: Question<StateWarm> = { measure, show, aims: (result) => [aimOf(result)] };

async function measure({ artifact, isQuick }: Bench): Promise<StateWarm> {
  const processes = isQuick ? 2 : 8;
  const effort = isQuick ? { warmUpCalls: 500, rounds: 2 } : { warmUpCalls: 10_000, rounds: 30 };
  const folder = mkdtempSync(join(tmpdir(), 'seldon-lambda-bench-'));
  try {
    makeCopies(artifact.folder, folder);
    const samples: StateWarmSamples[] = [];
    for (let process = 0; process < processes; process++) {
      samples.push(await runProcess(artifact.folder, folder, effort));
    }
    return toResult(samples);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function show(result: StateWarm): string {
  const { processes, without, withStore, onTop, noise } = result;
  const line = (title: string, { median, p25, p75, min }: Summary) => [
    title,
    median.toFixed(2),
    `${p25.toFixed(2)} to ${p75.toFixed(2)}`,
    min.toFixed(2),
  ];
  const text = ({ mean, uncertainty }: Estimate) => `${mean.toFixed(2)} ± ${uncertainty.toFixed(2)}`;
  return [
    `/route of ${MODEL}, warm, STATE_MAX_AGE_MS not reached, microseconds: ${without.count} samples from ${processes} processes.`,
    '',
    toTable([
      ['', 'median', 'p25 to p75', 'min'],
      line('without STATE_URL', without),
      line('with STATE_URL', withStore),
    ]),
    '',
    `On top: ${text(onTop)} (95 %; between two copies without STATE_URL, which are the same: ${text(noise)}).`,
    `Aim: at most ${AIM_MICROSECONDS} on top: ${judge(aimOf(result))}.`,
  ].join('\n');
}

function aimOf({ onTop: { mean, uncertainty } }: StateWarm): Aim {
  const title = 'state, warm, microseconds on top';
  return { title, value: mean, spread: uncertainty, limit: AIM_MICROSECONDS };
}

/** A process holds several configurations only in as many copies of the code. */
function makeCopies(artifact: string, folder: string): void {
  for (const name of COPIES) {
    for (const part of ['handlers', 'chunks', 'models']) {
      cpSync(join(artifact, part), join(folder, name, part), { recursive: true });
    }
  }
}

function runProcess(
  artifact: string,
  folder: string,
  effort: Pick<StateWarmCase, 'warmUpCalls' | 'rounds'>,
): Promise<StateWarmSamples> {
  const urlOf = (name: string) => pathToFileURL(join(folder, name, 'handlers/route.mjs')).href;
  const [without, again, withStore] = COPIES.map(urlOf) as [string, string, string];
  const stateUrl = pathToFileURL(join(folder, 'states')).href;
  const each: StateWarmCase = { urls: { without, again, withStore }, stateUrl, ...effort };
  return runChild<StateWarmSamples>(join(artifact, 'bench/state-warm.mjs'), {
    flags: ['--expose-gc'],
    args: [JSON.stringify(each)],
    environment: {
      MODEL_NAME: MODEL,
      PREDICTIVE_UNIT_PARAMETERS: JSON.stringify([{ name: 'n_branches', value: '3', type: 'INT' }]),
      SELDON_LOG_LEVEL: 'ERROR',
      STATE_MAX_AGE_MS: '3600000',
    },
  });
}

function toResult(samples: readonly StateWarmSamples[]): StateWarm {
  const all = (name: keyof StateWarmSamples) => summarize(samples.flatMap((each) => each[name]));
  const above = (name: keyof StateWarmSamples) =>
    estimate(samples.map((each) => medianDifference(each[name], each.without)));
  const noise = above('again');
  return {
    processes: samples.length,
    without: all('without'),
    withStore: all('withStore'),
    onTop: withNoise(above('withStore'), noise),
    noise,
  };
}

/** Compares samples in pairs that were taken one after the other. */
function medianDifference(samples: readonly number[], others: readonly number[]): number {
  return summarize(samples.map((sample, index) => sample - (others[index] as number))).median;
}
