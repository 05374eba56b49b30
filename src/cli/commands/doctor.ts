import type { Command } from 'commander';
import { addNotes, noArguments } from '../program.ts';

/** `doctor`: checks the machine and the project. */
export function configure(command: Command): void {
  command
    .usage('[--fix] [--json]')
    .option(
      '--fix',
      'write what package.json, serverless.yml and tsconfig.json lack, and nothing else',
      false,
    )
    .option('--json', 'print the checks as JSON', false)
    .action(async (options) => (await import('../doctor/run.ts')).examine(options));
  noArguments(command);
  addNotes(
    command,
    ['', '--fix'],
    '0 all that the commands need is there, 1 something is missing,\n2 the command has to be corrected',
  );
}
