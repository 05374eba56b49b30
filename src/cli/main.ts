import { COMMANDS } from './commands/index.ts';
import { runCommandLine } from './run.ts';

/** Runs `seldon-lambda` with these arguments, and sets the exit code of this process. */
export function main(args: readonly string[]): Promise<void> {
  return runCommandLine(args, COMMANDS);
}
