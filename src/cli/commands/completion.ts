import type { Command } from 'commander';
import { addNotes } from '../program.ts';

/** `completion`: lets a shell complete the command line. */
export function configure(command: Command): void {
  command
    .usage('bash|zsh|fish')
    .argument('[args...]')
    .action(async (args) => (await import('../completion/run.ts')).printScript(args));
  addNotes(command, ['bash > ~/.local/share/bash-completion/completions/seldon-lambda']);
  command.addHelpText(
    'after',
    '\nA shell completes what it finds as seldon-lambda: put node_modules/.bin into PATH, or install the package\n' +
      'with -g.',
  );
}
