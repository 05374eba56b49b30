import { basename, dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelFolderOf } from '../bundle/model-folder.ts';
import type { Model, ModelClass } from '../runtime/model/model.ts';
import type { UnitSettings } from '../runtime/unit/settings.ts';

/** The settings that say which model a unit has. */
export type ServedClass = Pick<UnitSettings, 'modelName' | 'modelFolder' | 'found'>;

/** @param folder - of its files; default: the project's folder of models. */
export function fromClass(Class: new (parameters: never) => Model, folder: string | undefined): ServedClass {
  const modelFolder = resolve(folder ?? modelFolderOf(process.cwd()));
  const { name } = Class;
  // The parameters of its constructor are checked when it is constructed.
  const found = { name, importModule: async () => ({}), classIn: () => Class as ModelClass };
  return { found, modelName: name, modelFolder };
}

/** @param file - a path, absolute or from the working folder, or a URL. */
export function fromFile(file: string | URL): ServedClass {
  const isUrl = file instanceof URL || file.startsWith('file:');
  const path = isUrl ? fileURLToPath(file) : resolve(file);
  return { modelName: basename(path, extname(path)), modelFolder: dirname(path) };
}

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
