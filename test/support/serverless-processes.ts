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

/** One process for each of two cores; they end with this one. */
const MAX_PROCESSES = 2;
const idle: ChildProcess[] = [];
const waiting: ((child: ChildProcess) => void)[] = [];
let started = 0;

/** Runs a command of serverless in a process that may have run others before. */
export async function runServerless(command: Command): Promise<Ended> {
  const child = await takeProcess();
  try {
    return await runIn(child, command);
  } finally {
    const next = waiting.shift();
    if (next === undefined) {
      idle.push(child);
    } else {
      next(child);
    }
  }
}

async function takeProcess(): Promise<ChildProcess> {
  const child = idle.pop();
  if (child !== undefined) {
    return child;
  }
  if (started < MAX_PROCESSES) {
    started++;
    return fork(SCRIPT, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }
  return new Promise((resolve) => waiting.push(resolve));
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
