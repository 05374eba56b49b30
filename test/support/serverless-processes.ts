import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('serverless-process.cjs', import.meta.url));

/** A command of serverless. */
interface Command {
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The end of a command: its exit code, and what it has written to both its outputs. */
interface Ended {
  readonly code: number;
  readonly text: string;
}

/**
 * One process for all test files of this one, as its first command takes as long as the next 15; it ends with
 * it.
 */
let child: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Runs a command of serverless in a process that may have run others before, when those have ended. */
export function runServerless(command: Command): Promise<Ended> {
  const ended = last.then(() => runIn(takeProcess(), command));
  last = ended.catch(() => undefined);
  return ended;
}

function takeProcess(): ChildProcess {
  if (child?.connected) {
    return child;
  }
  child = fork(SCRIPT, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return child;
}

function runIn(child: ChildProcess, command: Command): Promise<Ended> {
  child.ref();
  child.channel?.ref();
  return new Promise((resolve, reject) => {
    const fail = (code: number | null) => reject(new Error(`serverless ended its process with ${code}`));
    child.once('exit', fail);
    child.once('message', (ended) => {
      child.off('exit', fail);
      // Nobody waits for it now: this process may end.
      child.unref();
      child.channel?.unref();
      resolve(ended as Ended);
    });
    child.send(command);
  });
}
