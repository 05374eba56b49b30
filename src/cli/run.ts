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
  try {
    const program = createProgram();
    for (const { name, summary, isHidden, load } of commands) {
      const command = program.command(name, { hidden: isHidden ?? false }).description(summary);
      // `help package` names it, too.
      if (args.includes(name)) {
        (await load()).configure(command, commands);
      }
    }
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
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
    console.error(printable(`${error.syscall} failed: ${error.message}`));
    return FAILED;
  }
  throw error;
}

/** An error of the machine, such as a full disk: our code cannot do anything about it. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'errno' in error;
}
