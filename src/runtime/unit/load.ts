import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT } from '../../root.ts';
import { config } from '../config.ts';
import { SeldonError, SeldonNotImplementedError, toSeldonError } from '../errors.ts';
import { log } from '../log.ts';
import type { MethodName, Model, ModelClass } from '../model/model.ts';
import { useModelFolder } from '../model/model-file.ts';
import type { ModelState } from '../state/model-state.ts';
import { traced } from '../telemetry/trace.ts';
import { beginState, openState } from './open-state.ts';
import { readParameters } from './parameters.ts';

/** Where the models are without MODEL_DIR. */
const MODELS = new URL('models/', ROOT);
const MODEL_FILE = /\.(mjs|js|ts)$/;

/** A model that is ready to be called. */
export interface Loaded {
  readonly model: Model;
  /** What keeps its state; undefined where none is kept. */
  readonly state: ModelState | undefined;
  /** The methods that may change the state. */
  readonly stateful: readonly MethodName[];
}

let cached: Promise<Loaded> | undefined;
let failedImports = 0;

/**
 * The model: imported, constructed with its parameters, `load()` done; the same one for every call of this
 * instance.
 *
 * Calls that come while it loads wait for the same attempt. A failure is not kept: the next call tries again.
 */
export function loadModel(): Promise<Loaded> {
  cached ??= traced('load', load).catch((error: unknown) => {
    // This instance may serve for hours; what failed now may work at the next call.
    cached = undefined;
    log('error', 'the model could not be loaded', {}, error);
    const { reason, info, status } = toSeldonError(error);
    throw new SeldonError(reason, info, { status, cause: error, isLogged: true });
  });
  return cached;
}

async function load(): Promise<Loaded> {
  const { MODEL_NAME, MODEL_URI, MODEL_DIR: directory, PREDICTIVE_UNIT_PARAMETERS } = config();
  const url =
    directory === undefined ? MODELS : pathToFileURL(directory.endsWith('/') ? directory : `${directory}/`);
  const parameters = readParameters(PREDICTIVE_UNIT_PARAMETERS);
  const name = MODEL_NAME ?? (await onlyModel(url));
  // Before the import: a module may read its files at once.
  useModelFolder(MODEL_URI ? await fetchFiles(MODEL_URI) : fileURLToPath(url));
  const Class = await importClass(url, name);
  const model = new Class(parameters);
  const begun = beginState(model);
  try {
    await model.load?.();
  } catch (error) {
    if (!(error instanceof SeldonNotImplementedError)) {
      throw error;
    }
  }
  return {
    model,
    state: await openState(exportOf(name), Class, model, begun),
    stateful: model.stateful ?? Class.stateful ?? ['sendFeedback'],
  };
}

/** The folder with what is at `uri`; the code for that is loaded only here. */
function fetchFiles(uri: string): Promise<string> {
  return traced('fetch', async () => (await import('./files/fetch.ts')).fetchModelFiles(uri, config()));
}

/** `MyModel`: file MyModel, export MyModel. `pkg.mod.Class`: file pkg/mod, export Class. */
async function importClass(directory: URL, name: string): Promise<ModelClass> {
  const parts = name.split('.');
  const exported = exportOf(name);
  const path = (parts.length === 1 ? parts : parts.slice(0, -1)).join('/');
  const file = await findFile(directory, path, name);
  const module = await importFile(file);
  const found = module[exported] ?? (parts.length === 1 ? module.default : undefined);
  if (typeof found !== 'function') {
    throw new SeldonError(
      'MICROSERVICE_BAD_PARAMETER',
      `MODEL_NAME ${name}: the file ${path} exports no class ${exported}; it exports: ${Object.keys(module).join(', ') || 'nothing'}`,
    );
  }
  return found as ModelClass;
}

function exportOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

async function importFile(file: URL): Promise<Record<string, unknown>> {
  // Node keeps a module that failed to evaluate for ever; another URL is another module.
  const url = failedImports === 0 ? file.href : `${file.href}?attempt=${failedImports}`;
  try {
    return await import(/* @vite-ignore */ url);
  } catch (error) {
    failedImports++;
    throw error;
  }
}

async function findFile(directory: URL, path: string, name: string): Promise<URL> {
  const folder = new URL(`./${path}`, directory);
  const stem = path.slice(path.lastIndexOf('/') + 1);
  const files = await modelFiles(new URL('./', folder));
  const file = files.find((candidate) => candidate.replace(MODEL_FILE, '') === stem);
  if (file !== undefined) {
    return new URL(`./${file}`, folder);
  }
  throw new SeldonError(
    'MICROSERVICE_BAD_PARAMETER',
    `MODEL_NAME ${name}: there is no model file ${path}; there are: ${await listNames(directory)}`,
  );
}

async function onlyModel(directory: URL): Promise<string> {
  const names = (await modelFiles(directory)).map((file) => file.replace(MODEL_FILE, ''));
  if (names.length === 1) {
    return names[0] as string;
  }
  throw new SeldonError(
    'MICROSERVICE_BAD_PARAMETER',
    `MODEL_NAME is not set; expected one of: ${await listNames(directory)}`,
  );
}

async function listNames(directory: URL): Promise<string> {
  return (await modelFiles(directory)).map((file) => file.replace(MODEL_FILE, '')).join(', ') || 'none';
}

async function modelFiles(directory: URL): Promise<string[]> {
  return listFolder(directory)
    .filter((file) => MODEL_FILE.test(file) && !file.endsWith('.d.ts'))
    .sort();
}

/** Names in a folder, whose URL ends in a slash; none where there is no folder. */
function listFolder(directory: URL): string[] {
  // Neither imported, which makes node load its streams, nor by a thread, which has to start first: 0.7 ms of
  // a cold start.
  const { existsSync, readdirSync } = process.getBuiltinModule('node:fs');
  // Nor by statSync, which takes 0.1 ms more.
  return existsSync(directory) ? readdirSync(directory) : [];
}
