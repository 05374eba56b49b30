import { existsSync, readdirSync } from 'node:fs';
import { join, parse, relative } from 'node:path';
import { UserError } from './user-error.ts';

/** The types of the files of models, the first one first. */
const TYPES = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];

/** Whether a file can be that of a model, by its name. */
export function isModelFile(file: string): boolean {
  return /(?<!\.d|\.test)\.[cm]?[jt]s$/.test(file);
}

/**
 * The model files directly in a folder, by name. Folders below it are for what the models import.
 *
 * @throws UserError when there is none.
 */
export function modelsIn(folder: string): Record<string, string> {
  const names = existsSync(folder) ? readdirSync(folder).filter(isModelFile) : [];
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

/** The models that come with this project, as examples. */
export const EXAMPLES: readonly string[] = [
  'DigitsOnnx',
  'EpsilonGreedy',
  'Iris',
  'MeanCombiner',
  'OnnxModel',
  'StandardScaler',
  'ThompsonSampling',
];

/**
 * The model to serve: the one that the user set; else `preferred` if it exists; else the only one.
 *
 * @param asked - MODEL_NAME as the user set it: `MyModel`, or `pkg.mod.Class` for a class of the file
 *   pkg/mod.
 * @throws UserError with the names of the models that exist, also when `preferred` is an example and the user
 *   has models.
 */
export function chooseModel(folder: string, asked: string | undefined, preferred: string): ChosenModel {
  const names = Object.keys(modelsIn(folder));
  const [only, ...others] = names;
  const fallback = only !== undefined && others.length === 0 ? only : preferred;
  if (!asked && names.includes(pathOf(preferred))) {
    refuseExample(folder, names, preferred);
  }
  const modelName = asked || (names.includes(pathOf(preferred)) ? preferred : fallback);
  const path = pathOf(modelName);
  const file = findModel(folder, path);
  if (file) {
    return { modelName, models: { [path]: file } };
  }
  throw new UserError(`there is no model "${path}" in ${folder}; MODEL_NAME can be ${names.join(', ')}`);
}

/**
 * Refuses to serve an example where there are models of the user, without being asked for it.
 *
 * @param where - folder or zip. @param names - of the models that are there.
 * @throws UserError with these names, the user's own first.
 */
export function refuseExample(where: string, names: readonly string[], chosen: string): void {
  const own = names.filter((name) => !EXAMPLES.includes(name));
  if (EXAMPLES.includes(chosen) && own.length > 0) {
    const all = [...own, ...names.filter((name) => EXAMPLES.includes(name))].join(', ');
    throw new UserError(
      `${where} has the models ${all}; choose the one to serve, as with MODEL_NAME=${own[0]}`,
    );
  }
}

/** The file of a model; undefined when there is none. `path`: as {@link pathOf} gives it. */
export function findModel(folder: string, path: string): string | undefined {
  return TYPES.map((type) => join(folder, `${path}.${type}`)).find(existsSync);
}

/** The path of MODEL_NAME's file: `MyModel` -> MyModel, `pkg.mod.Class` -> pkg/mod. */
export function pathOf(modelName: string): string {
  const parts = modelName.split('.');
  return parts.length === 1 ? modelName : parts.slice(0, -1).join('/');
}
