import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What else somebody could serve the endpoint with: each is peers/<name>.mjs. */
export const PEERS = ['hono', 'express', 'powertools', 'middy'] as const;

/** Where their sources are, and a package.json and lock of their own. */
export const PEERS_FOLDER = fileURLToPath(new URL('peers', import.meta.url));

/**
 * Installs the peers where they are not, from their lock.
 *
 * @returns why they cannot be compared with, such as a missing network; undefined when they can.
 */
export async function installPeers(): Promise<string | undefined> {
  if (existsSync(join(PEERS_FOLDER, 'node_modules/.package-lock.json'))) {
    return undefined;
  }
  try {
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: PEERS_FOLDER,
      timeout: 120_000,
      shell: process.platform === 'win32',
    });
    return undefined;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const reason = stderr.split('\n').find((line) => line.startsWith('npm error')) ?? message;
    return `the peers (${PEERS.join(', ')}) could not be installed: ${reason}`;
  }
}
