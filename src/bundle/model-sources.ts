import { existsSync, readdirSync } from 'node:fs';
import { join, parse, relative } from 'node:path';
import { UserError } from './user-error.ts';

const MODEL_FILE = /(?<!\.d|\.test)\.(ts|js|mjs)$/;

/**
 * The model files directly in a folder, by name. Folders below it are for what the models import.
 *
 * @throws UserError when there is none.
 */
export function modelsIn(folder: string): Record<string, string> {
  const names = existsSync(folder) ? readdirSync(folder).filter((file) => MODEL_FILE.test(file)) : [];
  if (names.length === 0) {
    throw new UserError(`there is no model in ${folder}`);
  }
  return byName(
    names.sort().map((name) => join(folder, name)),
    folder,
  );
}

/**
 * Model files by the name that MODEL_NAME gives them: their path in `folder`, without its extension.
 *
 * @throws UserError when two have the same name.
 */
export function byName(files: readonly string[], folder: string): Record<string, string> {
  const models: Record<string, string> = {};
  for (const file of files) {
    const { dir, name } = parse(relative(folder, file));
    const path = dir === '' || dir.startsWith('..') ? name : `${dir}/${name}`;
    if (path in models) {
      throw new UserError(`${models[path]} and ${file} are both named ${path}`);
    }
    models[path] = file;
  }
  return models;
}

/** A model to serve: its MODEL_NAME, and its file by name. */
export interface ChosenModel {
  readonly modelName: string;
  readonly models: Readonly<Record<string, string>>;
}

/**
 * The model to serve: the one that the user set; else `preferred` if it exists; else the only one.
 *
 * @param asked - MODEL_NAME as the user set it: `MyModel`, or `pkg.mod.Class` for a class of the file
 *   pkg/mod.
 * @throws UserError with the names of the models that exist.
 */
export function chooseModel(folder: string, asked: string | undefined, preferred: string): ChosenModel {
  const names = Object.keys(modelsIn(folder));
  const [only, ...others] = names;
  const fallback = only !== undefined && others.length === 0 ? only : preferred;
  const modelName = asked ?? (names.includes(pathOf(preferred)) ? preferred : fallback);
  const path = pathOf(modelName);
  const file = ['ts', 'js', 'mjs'].map((type) => join(folder, `${path}.${type}`)).find(existsSync);
  if (file) {
    return { modelName, models: { [path]: file } };
  }
  throw new UserError(`there is no model "${path}" in ${folder}; MODEL_NAME can be ${names.join(', ')}`);
}

/** The path of MODEL_NAME's file: `MyModel` -> MyModel, `pkg.mod.Class` -> pkg/mod. */
export function pathOf(modelName: string): string {
  const parts = modelName.split('.');
  return parts.length === 1 ? modelName : parts.slice(0, -1).join('/');
}
