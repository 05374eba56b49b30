import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FOLDER = fileURLToPath(new URL('../../.tools/nodes', import.meta.url));

/** Nodes to measure with. */
export interface Nodes {
  /** The path of each by its version; the node that runs this comes first. */
  readonly paths: Readonly<Record<string, string>>;
  /** Why the other nodes could not be installed. */
  readonly missing: string | undefined;
}

/**
 * Finds this node, and installs others into .tools/nodes from npm, which has their binaries.
 *
 * @param versions - such as `22`.
 */
export async function openNodes(versions: readonly string[]): Promise<Nodes> {
  const own = { [process.version]: process.execPath };
  if (versions.length === 0) {
    return { paths: own, missing: undefined };
  }
  try {
    return { paths: { ...own, ...(await install(versions)) }, missing: undefined };
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const reason = stderr.split('\n').find((line) => line.startsWith('npm error')) ?? message;
    return { paths: own, missing: `node ${versions.join(' and ')} could not be installed: ${reason}` };
  }
}

/** Version and path of this node and of the last one, for the questions that do not measure with all. */
export function firstAndLast({ paths }: Nodes): readonly (readonly [version: string, path: string])[] {
  return Object.entries(paths).filter(([version], index, all) => index === 0 || version === all.at(-1)?.[0]);
}

async function install(versions: readonly string[]): Promise<Record<string, string>> {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{"private":true}\n');
  const packages = versions.map(
    (version) => `node${version}@npm:node-${process.platform}-${process.arch}@${version}`,
  );
  // The package's script would download the binary, which is in the package already.
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
