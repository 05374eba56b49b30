import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Runs a module in a process of its own, with nothing of this one's settings, and reads the JSON that it
 * prints.
 */
export async function runModule<T>(
  file: string,
  options: {
    readonly flags?: readonly string[];
    readonly args?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<T> {
  const { flags = [], args = [], environment = {} } = options;
  const { stdout } = await execute(process.execPath, [...flags, file, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout) as T;
}
