import { SeldonError } from '../errors.ts';
import type { ModelClass } from '../model/model.ts';

// An import of Node's own modules takes longer, also of those that Node has already loaded.
const { basename, dirname, join } = process.getBuiltinModule('node:path');
const { pathToFileURL } = process.getBuiltinModule('node:url');

const MODEL_FILE = /(?<!\.d)\.[cm]?[jt]s$/;

/** The class of a model, before its import. */
export interface FoundClass {
  /** The export's own name. A bundle may have renamed the class. */
  readonly name: string;
  /** Imports its module. `query`: of the URL; another one means another evaluation of the module. */
  importModule(query: string): Promise<Readonly<Record<string, unknown>>>;
  /**
   * The class in its module.
   *
   * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the module does not export it.
   */
  classIn(module: Readonly<Record<string, unknown>>): ModelClass;
}

/**
 * Finds the class of a model. `MyModel` means the file MyModel, and its export MyModel or its default export.
 * `pkg.mod.Class` means the file pkg/mod and its export Class. Without a name, the class is in the only file
 * of the folder.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the files that exist.
 */
export function findClass(folder: string, modelName: string | undefined): FoundClass {
  const name = modelName ?? onlyModel(folder);
  const parts = name.split('.');
  const exported = parts.at(-1) as string;
  const path = (parts.length === 1 ? parts : parts.slice(0, -1)).join('/');
  const file = findFile(folder, path, name);
  return {
    name: exported,
    importModule: (query) => import(/* @vite-ignore */ `${pathToFileURL(file)}${query}`),
    classIn(module) {
      const found = module[exported] ?? (parts.length === 1 ? module.default : undefined);
      if (typeof found !== 'function') {
        const names = Object.keys(module).join(', ') || 'nothing';
        throw badName(
          `MODEL_NAME ${name}: the file ${path} does not export a class ${exported}; it exports: ${names}`,
        );
      }
      // It is a constructor. Whether it makes a model shows when its methods are called.
      return found as ModelClass;
    },
  };
}

function findFile(folder: string, path: string, name: string): string {
  const stem = join(folder, path);
  const files = modelFiles(dirname(stem));
  const file = files.find((candidate) => stemOf(candidate) === basename(stem));
  if (file !== undefined) {
    return join(dirname(stem), file);
  }
  throw badName(`MODEL_NAME ${name}: the model file ${path} does not exist; available: ${listNames(folder)}`);
}

function onlyModel(folder: string): string {
  const [file, ...others] = modelFiles(folder);
  if (file !== undefined && others.length === 0) {
    return stemOf(file);
  }
  throw badName(`MODEL_NAME is not set; expected one of: ${listNames(folder)}`);
}

function listNames(folder: string): string {
  return modelFiles(folder).map(stemOf).join(', ') || 'none';
}

function stemOf(file: string): string {
  return file.replace(MODEL_FILE, '');
}

function modelFiles(folder: string): string[] {
  return listFolder(folder)
    .filter((file) => MODEL_FILE.test(file))
    .sort();
}

/** Lists the names in a folder; empty when the folder does not exist. */
function listFolder(folder: string): string[] {
  // An import would make node load its streams, and an asynchronous call would start a thread: 0.7 ms of a
  // cold start.
  const { existsSync, readdirSync } = process.getBuiltinModule('node:fs');
  // Not statSync, which takes 0.1 ms more.
  return existsSync(folder) ? readdirSync(folder) : [];
}

function badName(info: string): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', info);
}
