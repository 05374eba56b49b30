import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UserError } from '../../bundle/user-error.ts';
import { managerOf } from '../package-manager.ts';

/** The packages that a project installs itself: what node has to find, and what to install. */
export const PEERS = [
  { name: 'serverless', path: 'serverless/bin/serverless.js', install: '"serverless@npm:osls@^4"' },
  { name: 'serverless-offline', path: 'serverless-offline', install: 'serverless-offline' },
] as const;

/** Those that a project lacks. Serverless Framework 4 has no such file: this project needs its fork osls. */
export function missingPeers(project: string): (typeof PEERS)[number][] {
  const { resolve } = createRequire(join(project, 'package.json'));
  return PEERS.filter(({ path }) => {
    try {
      resolve(path);
      return false;
    } catch {
      return true;
    }
  });
}

/** The command that installs peers. */
export function installLine(project: string, missing: ReturnType<typeof missingPeers>): string {
  return `${managerOf(project).add} ${missing.map(({ install }) => install).join(' ')}`;
}

/** @throws UserError with the command that installs what is missing. */
export function refuseMissing(project: string): void {
  const missing = missingPeers(project);
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(' and ');
    const are = missing.length > 1 ? 'are' : 'is';
    throw new UserError(`${names} ${are} not installed here: ${installLine(project, missing)}`);
  }
}
