import { createRequire } from 'node:module';
import { join } from 'node:path';
import { graphIn } from '../project-graph.ts';
import { workingProject } from '../working-project.ts';
import { refuseMissing } from './peers.ts';
import { refuseStray } from './stray.ts';
import { refuseUnset } from './unset.ts';

/**
 * Runs serverless-offline in this process, so that there is only one process to stop, and without its own
 * messages.
 *
 * @param args - for serverless-offline. @param options - the same, as they were read.
 * @param known - the options of this command, as `--graph`.
 * @throws UserError when an argument is none, the project has no serverless or does not have the plugins, or
 *   a graph cannot work.
 */
export async function startServer(
  args: readonly string[],
  options: { readonly graph?: string; readonly models?: string },
  known: readonly string[],
): Promise<void> {
  refuseStray(args, known);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => process.exit(0));
  }
  // Some shells between npm and node do not pass signals on: the end of npm is a signal to stop, too.
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    setInterval(() => process.ppid === parent || process.exit(0), 250).unref();
  }
  const project = workingProject();
  refuseMissing(project);
  // An option of serverless, for another file.
  if (!args.some((arg) => /^(-c|--config)(=|$)/.test(arg))) {
    refuseUnset(project);
  }
  // serverless would end with another exit code.
  await graphIn(project, options.graph, options.models ?? process.env.MODEL_DIR);
  if (process.stderr.isTTY) {
    // A line of its own, which stays: serverless writes the next one, after some seconds.
    console.error('starting ...');
  }
  process.env.SLS_LOG_LEVEL ??= 'warning';
  process.argv.splice(2, process.argv.length, 'offline', 'start', ...args);
  createRequire(join(project, 'package.json'))('serverless/bin/serverless.js');
}
