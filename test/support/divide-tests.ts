import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MODULES = 'child_process|https?|net|worker_threads';
const STARTS = new RegExp(`^import (?!type)[^;]*? from '(?:node:(?:${MODULES})|playwright-core)'`, 'm');
const IMPORTS = /^(?:import|export) (?!type)[^;]*?from '(\.[^']+)'/gm;

/**
 * Divides the test files of a folder, by their imports and the imports of what they import from it: those
 * that start servers, processes, threads or a browser share the machine with them, and the others may run at
 * once.
 */
export function divideTests(folder: string): Readonly<Record<'pure' | 'servers', string[]>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join(folder, path));
  const servers = files.filter((file) => startsSomething(file, folder, new Set()));
  return { servers, pure: files.filter((file) => !servers.includes(file)) };
}

function startsSomething(file: string, folder: string, seen: Set<string>): boolean {
  if (seen.has(file) || !file.startsWith(folder)) {
    return false;
  }
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(IMPORTS)].map(([, path]) => join(file, '..', path as string));
  return STARTS.test(text) || imported.some((path) => startsSomething(path, folder, seen));
}
