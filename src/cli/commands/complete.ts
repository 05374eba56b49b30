import type { Command } from 'commander';
import type { ListedCommand } from './index.ts';

/** `complete`: answers the scripts of `completion`. */
export function configure(command: Command, commands: readonly ListedCommand[]): void {
  command
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words) => (await import('../completion/run.ts')).printPossibilities(words, commands));
}
