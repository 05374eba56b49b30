import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** How a module is run in a process of its own. */
export interface ChildOptions {
  /** Path of the node to run it with; default: the node that runs this process. */
  readonly node?: string;
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a module in a process of its own, without this process's environment, and returns the value that the
 * module passed to `report`. Its standard output is discarded: functions write their log there.
 *
 * @throws Error with the text of its standard error output when it fails.
 */
export async function runChild<T>(file: string, options: ChildOptions = {}): Promise<T> {
  const { node = process.execPath, flags = [], args = [], environment = {} } = options;
  const child = spawn(node, [...flags, file, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  child.stdout?.resume();
  const [reported, errors, [code, signal]] = await Promise.all([
    text(child.stdio[3] as Readable),
    text(child.stderr as Readable),
    once(child, 'close'),
  ]);
  if (code !== 0) {
    // node shows the line that threw, and a line of minified code is the whole file.
    const shown = errors.split('\n').filter((line) => line.length < 500);
    throw new Error(`${file} ended with ${code ?? signal}: ${shown.join('\n')}`);
  }
  return JSON.parse(reported) as T;
}
