import { type ChildProcess, fork } from 'node:child_process';

/** The end of a command: its exit code, and what it has written to both its outputs. */
export interface Ended {
  readonly code: number;
  readonly text: string;
}

/**
 * A process that runs commands one after the other, each as a message, and answers each with its end: it loads
 * the code of the commands once. It starts with the first command, and ends with this process.
 *
 * @param script - the file of its code.
 */
export function sharedProcess<Command extends object>(
  script: () => string,
): (command: Command) => Promise<Ended> {
  let child: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const take = () => {
    child = child?.connected
      ? child
      : fork(script(), { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    return child;
  };
  return (command) => {
    const ended = last.then(() => runIn(take(), command));
    last = ended.catch(() => undefined);
    return ended;
  };
}

function runIn(child: ChildProcess, command: object): Promise<Ended> {
  child.ref();
  child.channel?.ref();
  return new Promise((resolve, reject) => {
    const fail = (code: number | null) => reject(new Error(`a command ended its process with ${code}`));
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
