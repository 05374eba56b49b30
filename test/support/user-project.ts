import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledScript } from './bundled-script.ts';
import type { CommandInTurn } from './commands-in-turn.ts';
import { linkPackages } from './installed.ts';
import { environmentOf, temporaryFolder } from './project.ts';
import { runServerless } from './serverless-processes.ts';
import { type Ended, sharedProcess } from './shared-process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The program as it lies in this repository. */
export const BIN = join(ROOT, 'src/cli/bin.js');

/**
 * A folder whose node_modules has this package, as sources, and all that this repository has installed: a
 * project of a user in it needs no installation, but tsx.
 */
export function userFolder(): string {
  const folder = temporaryFolder();
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'seldon-lambda'), { recursive: true });
  linkPackages(modules);
  symlinkSync(join(ROOT, 'node_modules/.bin'), join(modules, '.bin'));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  writeFileSync(
    join(modules, 'seldon-lambda/package.json'),
    JSON.stringify({
      name: 'seldon-lambda',
      version,
      type: 'module',
      bin: { 'seldon-lambda': 'src/cli/bin.js' },
      exports: {
        '.': './src/index.ts',
        './testing': './src/testing/index.ts',
        './package.json': './package.json',
      },
    }),
  );
  symlinkSync(join(ROOT, 'src'), join(modules, 'seldon-lambda/src'));
  return folder;
}

/** Runs the program in a folder to its end, in a process that may have run other commands before. */
export function cli(
  folder: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ended> {
  return runServerless({ cwd: folder, program: BIN, argv: args, env: environmentOf(folder, environment) });
}

/** The program in one file: it starts three times as fast, but it cannot bundle models itself. */
export function quickProgram(): string {
  return bundledScript(new URL('cli-process.ts', import.meta.url));
}

const inTurn = sharedProcess<CommandInTurn>(quickProgram);

/** Runs the quick program in a folder to its end, in one process with the commands before it. */
export function quick(
  folder: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ended> {
  return inTurn({ cwd: folder, args, env: environmentOf(folder, environment) });
}
