import { pathToFileURL } from 'node:url';
import { SeldonError } from '../errors.ts';
import type { ModelClass } from '../model/model.ts';

const MODEL_FILE = /\.(mjs|js|ts)$/;

/** A model's class, not imported yet. */
export interface FoundClass {
  /** The export's own name: a bundle may have renamed the class. */
  readonly name: string;
  /**
   * Imports it.
   *
   * @param query - of the URL: a module is evaluated once for each.
   * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the file exports no such class.
   */
  load(query: string): Promise<ModelClass>;
}

/**
 * Finds a model's class. `MyModel`: file MyModel, export MyModel or the default one. `pkg.mod.Class`: file pkg/mod, export
 * Class. Without a name: the only file of the folder.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the files that there are.
 */
export function findClass(folder: string, modelName: string | undefined): FoundClass {
  const directory = pathToFileURL(folder.endsWith('/') ? folder : `${folder}/`);
  const name = modelName ?? onlyModel(directory);
  const parts = name.split('.');
  const exported = parts.at(-1) as string;
  const path = (parts.length === 1 ? parts : parts.slice(0, -1)).join('/');
  const file = findFile(directory, path, name);
  return {
    name: exported,
    async load(query) {
      const module: Record<string, unknown> = await import(/* @vite-ignore */ `${file.href}${query}`);
      const found = module[exported] ?? (parts.length === 1 ? module.default : undefined);
      if (typeof found !== 'function') {
        const names = Object.keys(module).join(', ') || 'nothing';
        throw badName(
          `MODEL_NAME ${name}: the file ${path} exports no class ${exported}; it exports: ${names}`,
        );
      }
      // It constructs something: that it is a model, its methods show.
      return found as ModelClass;
    },
  };
}

function findFile(directory: URL, path: string, name: string): URL {
  const folder = new URL(`./${path}`, directory);
  const stem = path.slice(path.lastIndexOf('/') + 1);
  const file = modelFiles(new URL('./', folder)).find((candidate) => stemOf(candidate) === stem);
  if (file !== undefined) {
    return new URL(`./${file}`, folder);
  }
  throw badName(`MODEL_NAME ${name}: there is no model file ${path}; there are: ${listNames(directory)}`);
}

function onlyModel(directory: URL): string {
  const [file, ...others] = modelFiles(directory);
  if (file !== undefined && others.length === 0) {
    return stemOf(file);
  }
  throw badName(`MODEL_NAME is not set; expected one of: ${listNames(directory)}`);
}

function listNames(directory: URL): string {
  return modelFiles(directory).map(stemOf).join(', ') || 'none';
}

function stemOf(file: string): string {
  return file.replace(MODEL_FILE, '');
}

function modelFiles(directory: URL): string[] {
  return listFolder(directory)
    .filter((file) => MODEL_FILE.test(file) && !file.endsWith('.d.ts'))
    .sort();
}

/** Names in a folder, whose URL ends in a slash; none where the folder does not exist. */
function listFolder(directory: URL): string[] {
  // Neither imported, which makes node load its streams, nor asynchronous, which starts a thread: 0.7 ms of a cold start.
  const { existsSync, readdirSync } = process.getBuiltinModule('node:fs');
  // Nor statSync, which takes 0.1 ms more.
  return existsSync(directory) ? readdirSync(directory) : [];
}

function badName(info: string): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', info);
}
