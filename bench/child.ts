import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** How a module is run in a process of its own. */
export interface ChildOptions {
  /** The node to run it with; default this one. */
  readonly node?: string;
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a module in a process of its own, with nothing of this one's settings, and gives what it handed to
 * `report`. What it writes to its output, as functions do with their log, nobody reads.
 *
 * @throws Error with what it wrote to stderr when it fails.
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
    // Not the line that it happened in: minified code has few.
    const shown = errors.split('\n').filter((line) => line.length < 500);
    throw new Error(`${file} ended with ${code ?? signal}: ${shown.join('\n')}`);
  }
  return JSON.parse(reported) as T;
}
