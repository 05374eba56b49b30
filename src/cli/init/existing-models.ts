import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'node:path';
import { modelsIn } from '../../bundle/model-sources.ts';

/** The models that a folder has already: its files that export a class of their own name. */
export function existingModels(folder: string): string[] {
  const files = existsSync(folder) ? filesOf(folder) : [];
  return files.filter((file) => exportsClass(file, parse(file).name)).map((file) => parse(file).name);
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
  const text = readFileSync(file, 'utf8');
  return declared.test(text) || listed.test(text);
}
