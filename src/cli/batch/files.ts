import { realpathSync, type Stats, statSync } from 'node:fs';
import { unwritable } from '../../bundle/path-error.ts';
import { UserError } from '../../bundle/user-error.ts';
import { commandLine } from '../command-line.ts';

/** The files of a batch; `-` is a standard stream, and `s3://bucket/key` an object of S3. */
export interface Files {
  readonly input: string;
  readonly output: string;
}

interface FileOptions {
  readonly inputDataPath?: string | undefined;
  readonly outputDataPath?: string | undefined;
  readonly resume: boolean;
  readonly overwrite: boolean;
}

/**
 * The files that the command names.
 *
 * @throws UserError when one is missing, when both are the same, or when the output must not be written.
 */
export function readFiles(args: readonly string[], options: FileOptions): Files {
  const { inputDataPath, outputDataPath } = options;
  const [input = inputDataPath, output = outputDataPath, surplus] = args;
  if (input === undefined || output === undefined) {
    const example = commandLine('batch', 'in.jsonl out.jsonl --model Iris');
    throw new UserError(`expected an input and an output: ${example}`);
  }
  if (surplus !== undefined) {
    throw new UserError(`"${surplus}": expected one input and one output, as in.jsonl out.jsonl`);
  }
  if (input !== '-' && (input === output || isSame(input, output))) {
    throw new UserError(`${output} is the input, too: expected another file for the output`);
  }
  refuseOutput(output, options);
  return { input, output };
}

function isSame(input: string, output: string): boolean {
  try {
    return realpathSync(input) === realpathSync(output) || isSameFile(input, output);
  } catch {
    // One does not exist.
    return false;
  }
}

/** By hard links, a file has several names. */
function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)];
  return a.ino !== 0 && a.ino === b.ino && a.dev === b.dev;
}

function refuseOutput(output: string, { resume, overwrite }: FileOptions): void {
  if (resume && overwrite) {
    throw new UserError('--resume and --overwrite: expected one of them');
  }
  if (resume && (output === '-' || output.startsWith('s3://'))) {
    throw new UserError(`--resume: expected a file as output, not ${output}`);
  }
  if (resume && output.endsWith('.gz')) {
    throw new UserError(`--resume: expected an output that is not compressed, as ${output.slice(0, -3)}`);
  }
  if (output === '-' || output.startsWith('s3://')) {
    return;
  }
  const found = outputStats(output);
  if (found?.isDirectory()) {
    throw new UserError(`${output} is a folder; expected a file for the output`);
  }
  if (found?.isFile() && found.size > 0 && !resume && !overwrite) {
    throw new UserError(`${output} is there already: --resume goes on with it, --overwrite replaces it`);
  }
}

/** What is there already; undefined when there is nothing. */
function outputStats(output: string): Stats | undefined {
  try {
    return statSync(output, { throwIfNoEntry: false });
  } catch (error) {
    throw unwritable(output, error);
  }
}

/** Whether an output is there that a run can go on with. */
export function hasOutput(output: string): boolean {
  return (statSync(output, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
