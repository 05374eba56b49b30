import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { runChild } from '../../../test/support/child.ts';
import type { Aim, Bench, Question } from '../../lib/question.ts';
import { type Summary, spreadOf, summarize } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import type { BareCase, BareTimes } from './process.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SIZES = [100, 500, 2000];
/** Of the time of the bare loop that writes nothing. */
const TIME_AIM = 1 / 0.7;
const MEMORY_AIM_MB = 200;
/** A file of so many bytes must take no more memory than a short one. */
const LARGE_BYTES = 1_000_000_000;
/** Of the model Classifier. */
const COLUMNS = 784;
/** Tells the memory of a process at its peak, in kB. */
const TELLS_MEMORY =
  'data:text/javascript,process.on("exit",()=>console.error("maxrss "+process.resourceUsage().maxRSS))';

/** One way to answer the lines of a file. */
export interface BatchRow {
  readonly title: string;
  /** Lines in a second. */
  readonly rate: Summary;
  /** Time, in that of the bare loop that writes nothing; undefined: it answers other lines. */
  readonly ratio: Summary | undefined;
  readonly aim: number | undefined;
  /** Memory at its peak; undefined for the bare loops. */
  readonly megabytes: number | undefined;
}

/** How long `batch --model Iris` takes for a file of flowers. */
export const batch: Question<readonly BatchRow[]> = { measure, show, aims };

async function measure({ artifact: { folder }, isQuick }: Bench): Promise<BatchRow[]> {
  const temporary = mkdtempSync(join(tmpdir(), 'batch-'));
  const input = join(temporary, 'in.jsonl');
  const output = join(temporary, 'out.jsonl');
  const lines = isQuick ? 20_000 : 1_000_000;
  writeFlowers(input, lines);
  const times = new Map<string, number[]>();
  const memory = new Map<string, number>();
  const add = (title: string, seconds: number) => times.set(title, [...(times.get(title) ?? []), seconds]);
  const bare = async (given: BareCase) =>
    (await runChild<BareTimes>(join(folder, 'bench/batch.mjs'), { args: [JSON.stringify(given)] })).seconds;
  try {
    for (let round = 0; round < (isQuick ? 1 : 5); round++) {
      add(BARE, await bare({ input, output: undefined }));
      add(WRITTEN, await bare({ input, output }));
      for (const size of SIZES) {
        const { seconds, megabytes } = await runBatch({ input, output, model: 'Iris', size });
        add(titleOf(size), seconds);
        memory.set(titleOf(size), Math.max(megabytes, memory.get(titleOf(size)) ?? 0));
      }
    }
    const large = await runLarge(
      join(temporary, 'large.jsonl'),
      output,
      isQuick ? LARGE_BYTES / 50 : LARGE_BYTES,
    );
    return [...toRows(lines, times, memory), large];
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function toRows(
  lines: number,
  times: ReadonlyMap<string, readonly number[]>,
  memory: ReadonlyMap<string, number>,
): BatchRow[] {
  const floor = times.get(BARE) ?? [];
  return [...times].map(([title, seconds]) => ({
    title,
    rate: summarize(seconds.map((each) => lines / each)),
    ratio: summarize(seconds.map((each, index) => each / (floor[index] as number))),
    aim: title === titleOf(500) && availableParallelism() > 1 ? TIME_AIM : undefined,
    megabytes: memory.get(title),
  }));
}

/** A file of lines of 4 kB, with which the model computes ten numbers. */
async function runLarge(input: string, output: string, bytes: number): Promise<BatchRow> {
  const line = `[[${Array.from({ length: COLUMNS }, (_, column) => (column / COLUMNS).toFixed(3)).join(',')}]]\n`;
  const lines = Math.ceil(bytes / line.length);
  const file = openSync(input, 'w');
  for (let written = 0; written < lines; written += 10_000) {
    writeSync(file, line.repeat(Math.min(10_000, lines - written)));
  }
  closeSync(file);
  const { seconds, megabytes } = await runBatch({
    input,
    output,
    model: 'bench/models/Classifier.ts',
    size: 100,
  });
  const title = `batch --model, a file of ${(bytes / 1e9).toFixed(2)} GB`;
  return { title, rate: summarize([lines / seconds]), ratio: undefined, aim: undefined, megabytes };
}

const BARE = 'a loop: JSON.parse, predict';
const WRITTEN = 'the same, answers written';

function titleOf(size: number): string {
  return `batch --model, ${size} lines a request`;
}

function writeFlowers(path: string, count: number): void {
  const file = openSync(path, 'w');
  for (let start = 0; start < count; start += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, count - start) }, (_, at) => {
      const index = start + at;
      const number = (least: number, steps: number) => ((least * 10 + (index % steps)) / 10).toFixed(1);
      return `[[${number(4.3, 37)},${number(2, 25)},${number(1, 59)},${number(0.1, 24)}]]`;
    });
    writeSync(file, `${lines.join('\n')}\n`);
  }
  closeSync(file);
}

/** A run of the command. */
interface Run {
  readonly input: string;
  readonly output: string;
  readonly model: string;
  readonly size: number;
}

async function runBatch({
  input,
  output,
  model,
  size,
}: Run): Promise<{ seconds: number; megabytes: number }> {
  const command = ['src/cli/bin.js', 'batch', input, output, '--model', model, '--batch-size', `${size}`];
  const child = spawn(process.execPath, ['--import', TELLS_MEMORY, ...command, '--overwrite', '--json'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [report, told, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (code !== 0) {
    throw new Error(`batch ended with ${code}: ${told}`);
  }
  const [, kilobytes] = /^maxrss (\d+)$/m.exec(told) ?? [];
  return { seconds: JSON.parse(report).seconds, megabytes: Number(kilobytes) / 1000 };
}

function show(rows: readonly BatchRow[]): string {
  return [
    `A file of flowers, answered by the model Iris: medians of ${rows[0]?.rate.count} runs in turns, without the start of the command.`,
    'Time in that of a loop in one thread that calls predict with each line alone, and writes nothing.',
    '',
    toTable([
      ['', 'lines/s', 'time', 'p25-p75', 'aim', 'MB'],
      ...rows.map(({ title, rate, ratio, aim, megabytes }) => [
        title,
        Math.round(rate.median).toLocaleString('en'),
        ratio?.median.toFixed(2) ?? '',
        ratio === undefined ? '' : `${ratio.p25.toFixed(2)}-${ratio.p75.toFixed(2)}`,
        aim === undefined ? '' : `<= ${aim.toFixed(2)}`,
        megabytes?.toFixed(0) ?? '',
      ]),
    ]),
  ].join('\n');
}

function aims(rows: readonly BatchRow[]): Aim[] {
  return rows.flatMap(({ title, ratio, aim, megabytes }) => [
    ...(aim === undefined || ratio === undefined
      ? []
      : [{ title, value: ratio.median, spread: spreadOf(ratio), limit: aim }]),
    ...(megabytes === undefined
      ? []
      : [{ title: `${title}, MB`, value: megabytes, spread: 0, limit: MEMORY_AIM_MB }]),
  ]);
}
