import { existsSync, readdirSync } from 'node:fs';
import { join, parse, relative } from 'node:path';
import { UserError } from './user-error.ts';

const MODEL_FILE = /(?<!\.d|\.test)\.(ts|js|mjs)$/;

/** The model files directly in a folder, by name; in folders below lies what they import. */
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
 * Model files by the name that MODEL_NAME has for them: their path in `folder`, without its ending.
 *
 * @throws UserError when two have the same.
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

/**
 * The model to serve, by name, and its MODEL_NAME: the one asked for; else `preferred` where it is there;
 * else the only one.
 *
 * @param asked - MODEL_NAME as the user set it: `MyModel`, or `pkg.mod.Class` for a class of the file
 *   pkg/mod.
 * @throws UserError naming the models there are.
 */
export function chooseModel(folder: string, asked: string | undefined, preferred: string) {
  const names = Object.keys(modelsIn(folder));
  const fallback = names.length === 1 ? names[0] : preferred;
  const modelName = asked ?? (names.includes(pathOf(preferred)) ? preferred : fallback);
  const path = pathOf(modelName);
  const file = ['ts', 'js', 'mjs'].map((type) => join(folder, `${path}.${type}`)).find(existsSync);
  if (file) {
    return { modelName, models: { [path]: file } };
  }
  throw new UserError(`there is no model "${path}" in ${folder}; MODEL_NAME can be ${names.join(', ')}`);
}

/** Where MODEL_NAME's file is: `MyModel` -> MyModel, `pkg.mod.Class` -> pkg/mod. */
export function pathOf(modelName: string): string {
  const parts = modelName.split('.');
  return parts.length === 1 ? modelName : parts.slice(0, -1).join('/');
}
