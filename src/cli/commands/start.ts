import type { Command } from 'commander';
import { addNotes } from '../program.ts';

/** `start`: serves a model. Its arguments go to serverless-offline as they are. */
export function configure(command: Command): void {
  command
    .usage('[--httpPort 9010] [--graph graph.yaml] [options]')
    .allowUnknownOption()
    .allowExcessArguments()
    .option('--httpPort <port>', 'the port of the server (default: HTTP_PORT, or else 9000)')
    .option('--lambdaPort <port>', 'the port for direct invocations (default: two above the other)')
    .option('--host <address>', 'the address to listen on (default: HTTP_HOST, or else 127.0.0.1)')
    .option('--models <folder>', 'the folder of the model files (default: MODEL_DIR, or else models)')
    .option(
      '--graph <file>',
      'an inference graph to serve: a SeldonDeployment or InferenceGraph (default: graph.yaml)',
    )
    .option('--noTimeout', 'let a call take as long as it wants')
    .action(async (options) => {
      const args = command.parent?.args.slice(1) ?? [];
      const known = command.options.flatMap(({ long }) => long ?? []);
      await (await import('../start/run.ts')).startServer(args, options, known);
    });
  addNotes(
    command,
    ['', '--httpPort 9010', '--graph models/graphs/bandit.yaml'],
    '0 stopped, 1 it could not start, 2 a package is missing, or the graph has to be corrected',
  );
}
