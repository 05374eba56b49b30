import { existsSync } from 'node:fs';
import { parse } from 'node:path';
import { modelsIn } from '../../bundle/model-sources.ts';
import { readText } from '../../bundle/read-text.ts';

/** A method of a model, and not a call of one. */
const METHOD =
  /(?<![.\w])(predict|transformInput|transformOutput|route|aggregate|sendFeedback)(Raw|Rest)?\s*[(=]/;

/**
 * The models that a folder has already, as MODEL_NAME names them: files that export a class of their own
 * name, and those whose only class, or default export, has a method of a model.
 */
export function existingModels(folder: string): string[] {
  const files = existsSync(folder) ? filesOf(folder) : [];
  return files.flatMap((file) => {
    const { name } = parse(file);
    const text = readText(file) ?? '';
    if (!/^[A-Za-z_][\w-]*$/.test(name)) {
      return [];
    }
    if (exportsClass(text, name)) {
      return [name];
    }
    if (!METHOD.test(text)) {
      return [];
    }
    if (/\bexport\s+default\s+class\b|\bmodule\.exports\s*=\s*class\b/.test(text)) {
      // MODEL_NAME finds it by the name of the file.
      return [name];
    }
    const [only, ...others] = [...text.matchAll(/\bexport\s+class\s+([A-Za-z_]\w*)/g)];
    return only !== undefined && others.length === 0 ? [`${name}.${only[1]}`] : [];
  });
}

function filesOf(folder: string): string[] {
  try {
    return Object.values(modelsIn(folder));
  } catch {
    // It has no file that could be a model.
    return [];
  }
}

function exportsClass(text: string, name: string): boolean {
  const word = name.replaceAll('-', '\\-');
  const declared = new RegExp(`\\bexport\\s+(default\\s+)?class\\s+${word}\\b`);
  const listed = new RegExp(`\\bexport\\s*\\{[^}]*\\b${word}\\b|\\bexport\\s+default\\s+${word}\\b`);
  return declared.test(text) || listed.test(text);
}
