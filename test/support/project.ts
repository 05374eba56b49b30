import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
// serverless compiles its schema of serverless.yml at the first start of a home, which takes 4 seconds.
const CACHE = join(ROOT, 'node_modules/.cache');
const PARTS = ['handlers', 'models', 'src', 'LICENSE', 'package.json', 'serverless.yml', 'tsconfig.json'];
const folders: string[] = [];

/** A folder outside of the repository, there until {@link removeFolders}. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'seldon-lambda-')));
  folders.push(folder);
  return folder;
}

/** Removes the folders that the tests of a file have made. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A copy of this project to change and to build in; its node_modules is the repository's own. */
export function copyProject(folder = temporaryFolder()): string {
  copyParts(folder);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/**
 * A copy with copies of the packages that functions need, as a checkout of its own has: none of its paths
 * lead out of it.
 */
export function checkOut(folder: string): string {
  copyParts(folder);
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  for (const [path, { dev, optional }] of Object.entries(packages)) {
    if (path !== '' && !dev && !optional) {
      cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    }
  }
  return folder;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
}

function copyParts(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const part of PARTS) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
}

/** A command that runs, and what it has written to both its outputs so far. */
export interface Running {
  readonly process: ChildProcess;
  readonly text: () => string;
  /**
   * Resolves when the text from `start` on matches; rejects, with the text, when the command ends before
   * that.
   */
  says(pattern: RegExp, start?: number): Promise<void>;
  /** Resolves with exit code or signal when it has ended and written all. */
  readonly ended: Promise<number | string>;
}

/** The environment that is given, and what no program can do without. */
export function environmentOf(folder: string, given: Record<string, string>): Record<string, string> {
  const { PATH = '' } = process.env;
  return {
    PATH,
    HOME: folder,
    // npm asks the network for a newer npm, and does not end before there is an answer.
    npm_config_update_notifier: 'false',
    SLS_SCHEMA_CACHE_BASE_DIR: CACHE,
    ...given,
  };
}

/**
 * Starts a command in a folder, with the environment that is given and what no program can do without.
 *
 * @param input - its standard input: a pipe, or nothing.
 */
export function start(
  folder: string,
  [command, ...args]: readonly string[],
  environment: Record<string, string> = {},
  input: 'pipe' | 'ignore' = 'ignore',
): Running {
  const child = spawn(command as string, args, {
    cwd: folder,
    env: environmentOf(folder, environment),
    stdio: [input, 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr] as Readable[]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      child.emit('text');
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  const says = (pattern: RegExp, start = 0) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(text.slice(start))) {
          child.off('text', look);
          resolve();
        }
      };
      child.on('text', look);
      look();
      ended.then(
        (code) => reject(new Error(`ended with ${code}, and never said ${pattern}:\n${text}`)),
        reject,
      );
    });
  return { process: child, text: () => text, says, ended };
}

/** Runs a command to its end. */
export async function run(
  ...args: Parameters<typeof start>
): Promise<{ code: number | string; text: string }> {
  const running = start(...args);
  return { code: await running.ended, text: running.text() };
}
