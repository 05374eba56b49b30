import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bundle } from '../bundle/result.ts';

/** Writes a bundle, as {@link writeFiles} does, and prints its warnings. */
export function writeBundle(folder: string, bundle: Bundle): void {
  const { warnings, missing } = bundle;
  const absent = missing.map(({ text }) => `${text}; it has to come from MODEL_URI`);
  for (const warning of new Set([...warnings, ...absent])) {
    console.warn(`warning: ${warning}`);
  }
  writeFiles(folder, bundle);
}

/**
 * Writes a bundle with its source maps and the files of its models.
 *
 * Each file appears as a whole, and what it imports is there before: a function may be starting meanwhile.
 */
export function writeFiles(folder: string, { files, maps, assets }: Bundle): void {
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
