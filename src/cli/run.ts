import { CommanderError } from 'commander';
import type { ListedCommand } from './commands/index.ts';
import { printable } from './printable.ts';
import { createProgram, FAILED, USER_ERROR } from './program.ts';

/**
 * Runs the command line, and sets the exit code of this process. A command's file is loaded only if the
 * arguments name it.
 *
 * @param args - of the command line, without node and the script.
 * @param commands - to choose from.
 */
export async function runCommandLine(
  args: readonly string[],
  commands: readonly ListedCommand[],
): Promise<void> {
  // A reader that has enough, as `head`, ends nothing; console.log() sees to that, and commander does not.
  if (!process.stdout.listeners('error').includes(refuseOther)) {
    process.stdout.on('error', refuseOther);
  }
  try {
    const program = createProgram();
    for (const { name, summary, isHidden, load } of commands) {
      const command = program.command(name, { hidden: isHidden ?? false }).description(summary);
      // `help package` names it, too.
      if (args.includes(name)) {
        (await load()).configure(command, commands);
      }
    }
    const [help, asked = ''] = args;
    // Commander shows the help of the program for a command that is not there.
    const isSlip = help === 'help' && !asked.startsWith('-') && asked !== '' && !isOneOf(commands, asked);
    await program.parseAsync(isSlip ? args.slice(1) : args, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function isOneOf(commands: readonly ListedCommand[], asked: string): boolean {
  return asked === 'help' || commands.some(({ name }) => name === asked);
}

function refuseOther(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') {
    throw error;
  }
}

/** Commander has told its own errors by then. A mistake of the user is told without its stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? 0 : USER_ERROR;
  }
  // By its name: the error may come from another copy of its class.
  if (error instanceof Error && error.name === 'UserError') {
    console.error(printable(error.message));
    return USER_ERROR;
  }
  if (isSystemError(error)) {
    const isEnded = error.code === 'EPIPE';
    const why = `${error.syscall} failed: ${error.message}`;
    console.error(printable(isEnded ? 'the reader of the output has ended before the end' : why));
    return FAILED;
  }
  throw error;
}

/** An error of the machine, such as a full disk: our code cannot do anything about it. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'errno' in error;
}
