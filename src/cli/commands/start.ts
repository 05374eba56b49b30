import type { Command } from 'commander';
import { addNotes } from '../program.ts';

/** `start`: serves a model. Its arguments go to serverless-offline as they are. */
export function configure(command: Command): void {
  command
    .usage('[--httpPort 9010] [options]')
    .allowUnknownOption()
    .allowExcessArguments()
    .option('--httpPort <port>', 'the port of the server (default: HTTP_PORT, or else 9000)')
    .option('--lambdaPort <port>', 'the port for direct invocations (default: two above the other)')
    .option('--host <address>', 'the address to listen on (default: HTTP_HOST, or else 127.0.0.1)')
    .option('--models <folder>', 'the folder of the model files (default: MODEL_DIR, or else models)')
    .option('--noTimeout', 'let a call take as long as it wants')
    .action(async () => {
      const args = command.parent?.args.slice(1) ?? [];
      (await import('../start/run.ts')).startServer(args);
    });
  addNotes(command, ['', '--httpPort 9010'], '0 stopped, 1 it could not start, 2 a package is missing');
}
