import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bundle } from '../bundle/result.ts';

/**
 * Writes a bundle with its source maps and the files of its models, and prints its warnings.
 *
 * Each file appears as a whole, and what it imports is there before: a function may be starting meanwhile.
 */
export function writeBundle(folder: string, { files, maps, assets, warnings, missing }: Bundle): void {
  const absent = missing.map(({ text }) => `${text}; it has to come from MODEL_URI`);
  for (const warning of [...warnings, ...absent]) {
    console.warn(`warning: ${warning}`);
  }
  for (const [path, contents] of [...maps, ...files]) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, contents);
    renameSync(`${file}.new`, file);
  }
  for (const [path, file] of assets) {
    link(file, join(folder, path));
  }
}

/** Hard-links `file` to `at`, which takes no time for a large file; copies it across disks. */
function link(file: string, at: string): void {
  rmSync(at, { force: true });
  mkdirSync(dirname(at), { recursive: true });
  try {
    linkSync(file, at);
  } catch {
    copyFileSync(file, at);
  }
}
