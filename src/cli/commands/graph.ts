import type { Command } from 'commander';
import { addNotes } from '../program.ts';

/** `graph`: checks a graph, and prints it in another form. */
export function configure(command: Command): void {
  command
    .usage('[graph.yaml] [--asl] [--predictor main] [--stack shop-prod]')
    .argument('[file]', 'the graph (default: that of the project, as of package)')
    .option('--asl', 'print a state machine of Step Functions, in Amazon States Language', false)
    .option('--predictor <name>', 'of several predictors, the one whose state machine is printed')
    .option(
      '--stack <name>',
      'service and stage, with which the functions of classes begin (default: service of serverless.yml, ' +
        'and dev)',
    )
    .action(async (file, options) => (await import('../graph/run.ts')).printGraph(file, options));
  addNotes(command, ['', 'graph.yaml', 'graph.yaml --asl --stack shop-prod > shop.asl.json']);
}
