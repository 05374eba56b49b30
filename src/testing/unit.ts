import { basename, dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelFolderOf } from '../bundle/model-folder.ts';
import type { ModelClass } from '../runtime/model/model.ts';
import { kindOf } from '../runtime/show.ts';
import type { UnitSettings } from '../runtime/unit/settings.ts';

/** The settings that say which model a unit has. */
export type ServedClass = Pick<UnitSettings, 'modelName' | 'modelFolder' | 'found'>;

/**
 * The model that `serve` has got.
 *
 * @param folder - of the files of a class; default: the project's folder of models.
 * @throws TypeError when it is neither a class nor the place of a file.
 */
export function toServed(model: unknown, folder: string | undefined): ServedClass {
  // An arrow function, which is no class, has no prototype.
  if (typeof model === 'function' && model.prototype !== undefined) {
    return fromClass(model as ModelClass, folder);
  }
  if (typeof model === 'string' || model instanceof URL) {
    return fromFile(model);
  }
  const got = model == null ? `${model}: does its file export it by this name?` : kindOf(model);
  throw new TypeError(`serve: expected the class of a model, or the path of its file; got ${got}`);
}

function fromClass(Class: ModelClass, folder: string | undefined): ServedClass {
  const modelFolder = resolve(folder ?? modelFolderOf(process.cwd()));
  const { name } = Class;
  // The parameters of its constructor are checked when it is constructed.
  const found = { name, importModule: async () => ({}), classIn: () => Class };
  return { found, modelName: name, modelFolder };
}

/** @param file - a path, absolute or from the working folder, or a URL. */
function fromFile(file: string | URL): ServedClass {
  const isUrl = file instanceof URL || file.startsWith('file:');
  const path = isUrl ? fileURLToPath(file) : resolve(file);
  return { modelName: basename(path, extname(path)), modelFolder: dirname(path) };
}

/** @throws TypeError for an option that there is not. */
export function checkOptions(options: object): void {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`serve: there is no option ${unknown}; expected one of ${OPTIONS.join(', ')}`);
  }
}

const OPTIONS = ['parameters', 'environment', 'folder'];

/**
 * Parameters as PREDICTIVE_UNIT_PARAMETERS has them.
 *
 * @throws TypeError naming one that is not a number, a text or a boolean.
 */
export function toParameters(parameters: object): string {
  return JSON.stringify(
    Object.entries(parameters)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, value: String(value), type: typeOf(name, value) })),
  );
}

function typeOf(name: string, value: unknown): string {
  switch (typeof value) {
    case 'number':
      return 'DOUBLE';
    case 'bigint':
      return 'INT';
    case 'boolean':
      return 'BOOL';
    case 'string':
      return 'STRING';
    default:
      throw new TypeError(`parameter ${name}: expected a number, a text or a boolean, got ${typeof value}`);
  }
}
