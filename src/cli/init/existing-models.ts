import { existsSync } from 'node:fs';
import { parse } from 'node:path';
import { modelsIn } from '../../bundle/model-sources.ts';
import { readText } from '../../bundle/read-text.ts';

/** The models that a folder has already: its files that export a class of their own name. */
export function existingModels(folder: string): string[] {
  const files = existsSync(folder) ? filesOf(folder) : [];
  return files
    .map((file) => ({ file, name: parse(file).name }))
    .filter(({ file, name }) => /^[A-Za-z_]\w*$/.test(name) && exportsClass(file, name))
    .map(({ name }) => name);
}

function filesOf(folder: string): string[] {
  try {
    return Object.values(modelsIn(folder));
  } catch {
    // It has no file that could be a model.
    return [];
  }
}

function exportsClass(file: string, name: string): boolean {
  const declared = new RegExp(`\\bexport\\s+(default\\s+)?class\\s+${name}\\b`);
  const listed = new RegExp(`\\bexport\\s*\\{[^}]*\\b${name}\\b|\\bexport\\s+default\\s+${name}\\b`);
  const text = readText(file) ?? '';
  return declared.test(text) || listed.test(text);
}
