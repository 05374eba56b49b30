import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A package manager, and how it is called. */
export interface PackageManager {
  readonly name: string;
  /** Runs a program of an installed package. */
  readonly execute: string;
  /** Runs a script of package.json. */
  readonly run: string;
  readonly install: string;
  /** Adds a package for development. */
  readonly add: string;
  readonly lockfiles: readonly string[];
}

const MANAGERS = {
  npm: {
    name: 'npm',
    execute: 'npx',
    run: 'npm run',
    install: 'npm install',
    add: 'npm install -D',
    lockfiles: ['package-lock.json'],
  },
  pnpm: {
    name: 'pnpm',
    execute: 'pnpm exec',
    run: 'pnpm run',
    install: 'pnpm install',
    add: 'pnpm add -D',
    lockfiles: ['pnpm-lock.yaml'],
  },
  yarn: {
    name: 'yarn',
    execute: 'yarn',
    run: 'yarn run',
    install: 'yarn install',
    add: 'yarn add -D',
    lockfiles: ['yarn.lock'],
  },
  bun: {
    name: 'bun',
    execute: 'bunx',
    run: 'bun run',
    install: 'bun install',
    add: 'bun add -d',
    lockfiles: ['bun.lock', 'bun.lockb'],
  },
} as const satisfies Record<string, PackageManager>;

/** The name of a package manager. */
export type ManagerName = keyof typeof MANAGERS;

const NAMES = Object.keys(MANAGERS) as readonly ManagerName[];

/**
 * The package manager of a project: the one that has started this process; or else the one whose lock file
 * the project has; or else npm.
 */
export function managerOf(folder: string): ManagerName {
  const agent = process.env.npm_config_user_agent ?? '';
  return (
    NAMES.find((name) => agent.startsWith(`${name}/`)) ??
    NAMES.find((name) => MANAGERS[name].lockfiles.some((file) => existsSync(join(folder, file)))) ??
    'npm'
  );
}

/** How a project's package manager is called. */
export function callsOf(folder: string): PackageManager {
  return MANAGERS[managerOf(folder)];
}
