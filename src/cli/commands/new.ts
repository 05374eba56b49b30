import type { Command } from 'commander';
import { addNotes } from '../program.ts';

/** `new`: writes a model to start from. */
export function configure(command: Command): void {
  command
    .usage('MyModel [--type MODEL|ROUTER|TRANSFORMER|COMBINER]')
    .argument('[args...]')
    .option('-t, --type <type>', 'what the component does', 'MODEL')
    .option('--json', 'print the files that were written as JSON', false)
    .action(async (args, options) => (await import('../new/run.ts')).writeModel(args, options));
  addNotes(command, ['Fraud', 'Chooser --type ROUTER']);
}
