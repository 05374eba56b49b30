import type { ListedCommand } from '../../src/cli/commands/index.ts';
import { runCommandLine } from '../../src/cli/run.ts';

/** The signals that commands handle: their handlers stay when a command has ended. */
const HANDLED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A command line, without node and the script, its folder and its environment. */
export interface CommandInTurn {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs the command line of this process; or, in a process that was forked, one command line after the other:
 * `{cwd, args, env}` comes in as a message, `{code, text}` goes back.
 */
export async function runCommands(commands: readonly ListedCommand[]): Promise<void> {
  if (process.send === undefined) {
    return runCommandLine(process.argv.slice(2), commands);
  }
  let text = '';
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, ...others: unknown[]) => {
      text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      const written = others.find((other) => typeof other === 'function');
      written?.();
      return true;
    };
  }
  process.on('message', async ({ cwd, args, env }: CommandInTurn) => {
    text = '';
    process.chdir(cwd);
    for (const name of Object.keys(process.env)) {
      delete process.env[name];
    }
    Object.assign(process.env, env);
    process.exitCode = undefined;
    await runCommandLine(args, commands);
    for (const signal of HANDLED) {
      process.removeAllListeners(signal);
    }
    process.send?.({ code: process.exitCode ?? 0, text });
  });
}
