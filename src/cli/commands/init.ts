import type { Command } from 'commander';
import { addNotes } from '../program.ts';

/** `init`: makes a project. */
export function configure(command: Command): void {
  command
    .usage('[folder] [--type MODEL|ROUTER|TRANSFORMER|COMBINER]')
    .argument('[args...]')
    .option('-t, --type <type>', 'what the first model does (default: MODEL, or asks)')
    .option('-n, --name <name>', 'of the package, and so of the first model (default: that of the folder)')
    .option('--models <folder>', 'the folder of the models (default: models)')
    .option('-y, --yes', 'ask nothing', false)
    .option('--no-install', 'leave the packages for later')
    .option('--json', 'ask nothing, and print the files that were written as JSON', false)
    .action(async (args, options) => (await import('../init/run.ts')).initProject(args, options));
  addNotes(command, ['fraud', 'fraud --type ROUTER --yes', '--models src/ml --no-install']);
}
