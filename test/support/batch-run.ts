import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledScript } from './bundled-script.ts';
import type { CommandInTurn } from './commands-in-turn.ts';
import { host, type Received } from './hosts.ts';
import { environmentOf, type Running, start, temporaryFolder } from './project.ts';
import { sharedProcess } from './shared-process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCE = new URL('batch-command.ts', import.meta.url);

const inTurn = sharedProcess<CommandInTurn>(() => bundledScript(SOURCE));

/** Runs `batch` to its end, in one process with those before it; bundled, it cannot bundle a model. */
export function batch(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ReturnType<typeof inTurn> {
  return inTurn({ cwd: ROOT, args: ['batch', ...args], env: environmentOf(ROOT, environment) });
}

/** Starts `batch` in a process of its own. `input`: whether standard input is a pipe to it, or empty. */
export function startBatch(
  args: readonly string[],
  input: 'pipe' | 'ignore' = 'ignore',
  environment: Readonly<Record<string, string>> = {},
): Running {
  return start(ROOT, [process.execPath, bundledScript(SOURCE), 'batch', ...args], environment, input);
}

/** Two files in a folder of their own: one with these contents, and one that is not there yet. */
export function batchFiles(
  contents: string | Uint8Array,
  name = 'in.jsonl',
): { readonly input: string; readonly output: string } {
  const folder = temporaryFolder();
  const input = join(folder, name);
  writeFileSync(input, contents);
  return { input, output: join(folder, 'out.jsonl') };
}

/** A line of an output. */
export interface OutputLine {
  readonly data?: {
    readonly names?: readonly string[];
    readonly ndarray?: readonly unknown[];
    readonly tensor?: { readonly shape: readonly number[]; readonly values: readonly number[] };
  };
  readonly strData?: string;
  readonly jsonData?: unknown;
  readonly status?: { readonly info: string; readonly reason: string; readonly status: number };
  readonly meta: {
    readonly tags?: Readonly<Record<string, unknown>>;
    readonly [key: string]: unknown;
  };
}

/** A line of an output in the Open Inference Protocol. */
export interface InferLine {
  readonly id?: string;
  readonly error?: string;
  readonly outputs?: readonly { readonly data: readonly unknown[]; readonly [key: string]: unknown }[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The lines of an output, all of them whole. */
export function linesOf<L extends OutputLine | InferLine = OutputLine>(output: string): L[] {
  const text = readFileSync(output, 'utf8');
  if (text !== '' && !text.endsWith('\n')) {
    throw new Error('the last line has no end');
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** The index of the line of the input that a line of an output is for. */
export function indexOf(line: OutputLine | InferLine): number {
  const tags = 'parameters' in line ? line.parameters : (line.meta.tags ?? line.meta);
  return Number(tags.batch_index);
}

/** The lines in the order of the input. */
export function sorted<L extends OutputLine | InferLine>(lines: readonly L[]): L[] {
  return [...lines].sort((a, b) => indexOf(a) - indexOf(b));
}

/** A message that a host got. */
export interface SentMessage {
  readonly data?: { readonly names?: readonly string[]; readonly ndarray?: readonly number[][] };
  readonly meta?: { readonly tags?: Readonly<Record<string, unknown>> };
}

/** A host that gives the sum of each row, and refuses a message with a 13 in it. */
export function sumHost(
  before: (
    request: Received,
    index: number,
  ) => { status: number; headers?: Record<string, string> } | undefined = () => undefined,
): ReturnType<typeof host> {
  return host((request, response, index) => {
    const other = before(request, index);
    if (other !== undefined) {
      response.writeHead(other.status, other.headers).end('{"message":"not now"}');
      return;
    }
    const { data, meta } = JSON.parse(request.body) as SentMessage;
    const rows = data?.ndarray ?? [];
    if (rows.flat().includes(13)) {
      response.writeHead(400).end('{"status":{"reason":"UNLUCKY","info":"there is a 13","status":1}}');
      return;
    }
    const sums = rows.map((row) => [[row].flat(2).reduce((sum, value) => sum + Number(value), 0)]);
    const tags = { ...meta?.tags, model: 'sum' };
    response.end(JSON.stringify({ data: { names: ['sum'], ndarray: sums }, meta: { tags } }));
  });
}
