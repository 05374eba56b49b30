import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Other ways to serve the endpoint: each is peers/<name>.mjs. */
export const PEERS = ['hono', 'express', 'powertools', 'middy'] as const;

/** The folder with their sources and a package.json and lock of their own. */
export const PEERS_FOLDER = fileURLToPath(new URL('../peers', import.meta.url));

/**
 * Installs the peers from their lock, unless they are installed.
 *
 * @returns why the installation failed, as without a network; undefined when the peers are there.
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
