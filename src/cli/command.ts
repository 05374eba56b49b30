import { parseArgs } from 'node:util';
import { UserError } from '../bundle/user-error.ts';

/** An option as node's parseArgs takes it, with its line in the help. */
interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Shown in the help. */
  readonly default?: string | boolean | string[];
  /** The name of its value in the help: `file` becomes `--model <file>`. */
  readonly value?: string;
  /** Its meaning; further lines are indented like the first. */
  readonly help: string;
}

/** A command that a developer runs. */
interface Command<O extends Readonly<Record<string, Option>>> {
  /** `package` is run as `npm run package`. */
  readonly name: string;
  /** Its purpose, in one sentence. */
  readonly summary: string;
  /** Arguments and the most important options, as they follow the name. */
  readonly usage: string;
  readonly takesArguments: boolean;
  readonly options: O;
  /** The meaning of the exit codes, where there are more than the usual two. */
  readonly exitCodes?: string;
  /** Resolves with the exit code. */
  run(values: Values<O>, args: readonly string[]): Promise<number> | number;
}

/** The values of the options, by their long names. */
export type Values<O extends Readonly<Record<string, Option>>> = ReturnType<
  typeof parseArgs<{ options: O }>
>['values'];

/** Exit code when the user has to correct something. */
const USER_ERROR = 2;
const EXIT_CODES = `0 done, ${USER_ERROR} the command, or a file that it reads, has to be corrected`;
const HELP = { type: 'boolean', short: 'h', help: 'this text' } as const satisfies Option;

/** How a command is called, up to its arguments. */
export function commandLine(name: string): string {
  return `npm run ${name} --`;
}

/** Runs a command with the arguments of this process, and sets the exit code. */
export async function runCommand<O extends Readonly<Record<string, Option>>>(
  command: Command<O>,
): Promise<void> {
  try {
    process.exitCode = await run(command);
  } catch (error) {
    if (!isUserError(error)) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = USER_ERROR;
  }
}

function run<O extends Readonly<Record<string, Option>>>(command: Command<O>): Promise<number> | number {
  const options = { ...command.options, help: HELP };
  const { values, positionals } = parseArgs({ options, allowPositionals: command.takesArguments });
  if ('help' in values) {
    console.log(helpOf(command));
    return 0;
  }
  return command.run(values as Values<O>, positionals);
}

/** A mistake that parseArgs finds is the user's, too. */
function isUserError(error: unknown): error is Error {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof UserError || String(code).startsWith('ERR_PARSE_ARGS');
}

function helpOf({ name, summary, usage, options, exitCodes = EXIT_CODES }: Command<Record<string, Option>>) {
  const rows = Object.entries({ ...options, help: HELP }).map(
    ([long, option]) => [labelOf(long, option), textOf(option)] as const,
  );
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(
    ([label, text]) => `  ${label.padEnd(width)}   ${text.replaceAll('\n', `\n${' '.repeat(width + 5)}`)}`,
  );
  return `${summary}\n\n  ${commandLine(name)} ${usage}\n\n${lines.join('\n')}\n\nExit code: ${exitCodes}.\n`;
}

function labelOf(long: string, { short, value }: Option): string {
  const names = short === undefined ? `    --${long}` : `-${short}, --${long}`;
  return value === undefined ? names : `${names} <${value}>`;
}

function textOf({ help, default: preset }: Option): string {
  return typeof preset === 'string' ? `${help} (default: ${preset})` : help;
}
