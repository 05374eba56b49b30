import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FOLDER = fileURLToPath(new URL('../.tools/nodes', import.meta.url));

/**
 * Installs other nodes from npm, which has their binaries, into .tools/nodes.
 *
 * @param versions - such as `22`.
 * @returns the path of each by its title.
 */
export async function installNodes(versions: readonly string[]): Promise<Record<string, string>> {
  if (versions.length === 0) return {};
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{"private":true}\n');
  const packages = versions.map(
    (version) => `node${version}@npm:node-${process.platform}-${process.arch}@${version}`,
  );
  // Without scripts: the package's own downloads what is in it already.
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
    cwd: FOLDER,
    shell: process.platform === 'win32',
  });
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const found = versions.map(async (version) => {
    const path = join(FOLDER, 'node_modules', `node${version}`, binary);
    const { stdout } = await promisify(execFile)(path, ['--version']);
    return [stdout.trim(), path] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}
