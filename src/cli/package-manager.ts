import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A package manager, and how it is called. */
export interface PackageManager {
  readonly name: string;
  /** Runs a program of an installed package. */
  readonly execute: string;
  /** The command that runs a script of package.json. */
  run(script: string): string;
  readonly install: string;
  /** Adds a package for development. */
  readonly add: string;
  readonly lockfiles: readonly string[];
}

const MANAGERS: readonly PackageManager[] = [
  {
    name: 'npm',
    execute: 'npx',
    run: (script) => (['start', 'test'].includes(script) ? `npm ${script}` : `npm run ${script}`),
    install: 'npm install',
    add: 'npm install -D',
    lockfiles: ['package-lock.json'],
  },
  {
    name: 'pnpm',
    execute: 'pnpm exec',
    run: (script) => `pnpm run ${script}`,
    install: 'pnpm install',
    add: 'pnpm add -D',
    lockfiles: ['pnpm-lock.yaml'],
  },
  {
    name: 'yarn',
    execute: 'yarn',
    run: (script) => `yarn run ${script}`,
    install: 'yarn install',
    add: 'yarn add -D',
    lockfiles: ['yarn.lock'],
  },
  {
    name: 'bun',
    execute: 'bunx',
    run: (script) => `bun run ${script}`,
    install: 'bun install',
    add: 'bun add -d',
    lockfiles: ['bun.lock', 'bun.lockb'],
  },
];

/**
 * The package manager of a project: the one that has started this process; or else the one whose lock file
 * the project has; or else npm.
 */
export function managerOf(folder: string): PackageManager {
  const agent = process.env.npm_config_user_agent ?? '';
  const found =
    MANAGERS.find(({ name }) => agent.startsWith(`${name}/`)) ??
    MANAGERS.find(({ lockfiles }) => lockfiles.some((file) => existsSync(join(folder, file))));
  return found ?? (MANAGERS[0] as PackageManager);
}
