import type { Config } from '../config.ts';
import { type SeldonError, SeldonNotImplementedError, toSeldonError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { MethodName, Model, PayloadField } from '../model/model.ts';
import { hasSeveralModels, type ModelScope, openModelScope } from '../model/model-scope.ts';
import type { ModelState } from '../state/model-state.ts';
import type { Store } from '../stores/store.ts';
import type { Trace } from '../telemetry/trace.ts';
import { type FoundClass, findClass } from './find-class.ts';
import { unitLabels, unitPath } from './labels.ts';
import { createLoader, type Loader } from './loader.ts';
import { hasOddMembers, hasOddParameters, isOddAccepts } from './odd-class.ts';
import { beginState, openState } from './open-state.ts';
import { readParameters } from './parameters.ts';
import type { UnitSettings } from './settings.ts';

const { resolve } = process.getBuiltinModule('node:path');

/** A model that is ready to be called. */
export interface Ready {
  readonly model: Model;
  /** The name of its class. */
  readonly name: string;
  /** Keeps the model's state in the store; undefined when the state is not kept. */
  readonly state: ModelState | undefined;
  /** The fields of a message that the methods take; undefined: all. */
  readonly accepts: readonly PayloadField[] | undefined;
  /** The methods that may change the state. */
  readonly stateful: readonly MethodName[];
  /** Runs code of the model. */
  run<T>(code: () => T): T;
}

/** A predictive unit: one model with its own name, parameters, files and state. A graph has several. */
export interface Unit {
  readonly settings: UnitSettings;
  /** The labels of all its metrics. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its entry in the `requestPath` of each answer. Nobody changes it. */
  readonly path: Readonly<Record<string, string>>;
  readonly trace: Trace;
  /**
   * Loads the model: imports it, constructs it with its parameters, and runs its `load()`. Every call gets
   * the same model.
   */
  readonly ready: Loader<Ready>;
}

/** The part of an instance that its units use. */
export interface UnitHost {
  readonly config: Config;
  readonly log: Log;
  readonly trace: Trace;
  /** Opens a store; the same URL gives the same store. */
  openStore(url: string): Promise<Store>;
  /**
   * Fetches the files that a MODEL_URI names, and returns their folder. Calls at the same time share one
   * fetch.
   */
  fetchModelFiles(uri: string): Promise<string>;
}

/** Makes a unit; nothing is loaded yet. */
export function createUnit(given: UnitSettings, host: UnitHost): Unit {
  // Made absolute now: the process may change its folder.
  const modelFolder = resolve(given.modelFolder);
  const settings = { ...given, modelFolder };
  const importer = createImporter(settings.modelUri ?? modelFolder);
  const load = async () => {
    try {
      return await host.trace.span('load', () => loadModel(settings, host, importer));
    } catch (error) {
      const which = hasSeveralModels() ? { unit: settings.id } : {};
      host.log.error('the model could not be loaded', which, error);
      throw toSeldonError(error).with({ isLogged: true });
    }
  };
  return {
    settings,
    trace: host.trace,
    labels: unitLabels(settings, host.config),
    path: unitPath(settings),
    ready: createLoader(load),
  };
}

// Few classes are odd.
const loadExplain = () => import('./explain-class.ts');

async function loadModel(settings: UnitSettings, host: UnitHost, importer: Importer): Promise<Ready> {
  const parameters = await readParameters(settings.parameters);
  const found = settings.found ?? findClass(settings.modelFolder, settings.modelName);
  const { modelUri } = settings;
  const folder =
    modelUri === undefined
      ? settings.modelFolder
      : await host.trace.span('fetch', () => host.fetchModelFiles(modelUri));
  const run = <T>(code: () => T): T => importer.scope.run(folder, code);
  // In the scope even during the import, because a module may read its files at once.
  const Class = found.classIn(await run(() => importer.importModule(found)));
  if (hasOddParameters(Class, parameters)) {
    (await loadExplain()).refuseParameters(found.name, Class.parameters, parameters);
  }
  const model = run(() => new Class({ ...Class.parameters, ...parameters }));
  if (hasOddMembers(Class, model)) {
    (await loadExplain()).warnOfNearMisses(found.name, { Class, model }, host.log);
  }
  const subject = { model, Class, className: found.name, run };
  const begun = beginState(subject, settings, host);
  await run(() => loadOf(model));
  const accepts = model.accepts ?? Class.accepts;
  if (isOddAccepts(accepts)) {
    (await loadExplain()).refuseAccepts(found.name, accepts);
  }
  return {
    model,
    name: found.name,
    state: await openState(subject, settings, host, begun),
    accepts,
    stateful: model.stateful ?? Class.stateful ?? ['sendFeedback'],
    run,
  };
}

async function loadOf(model: Model): Promise<void> {
  try {
    await model.load?.();
  } catch (error) {
    if (!(error instanceof SeldonNotImplementedError)) {
      throw error;
    }
  }
}

/** Imports the class of one unit. */
interface Importer {
  readonly scope: ModelScope;
  importModule(found: FoundClass): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Makes the importer of a unit's class, which adds a query to the URL. Node keeps a module for ever, even one
 * that failed to evaluate or hangs, but another query means another module. So such an import is tried again,
 * and two units of one class do not share the variables of its module. A module that evaluated is not
 * evaluated again.
 */
function createImporter(place: string): Importer {
  const scope = openModelScope(place);
  let attempts = 0;
  return {
    scope,
    async importModule(found) {
      const query = new URLSearchParams();
      if (hasSeveralModels()) {
        query.set('model', String(scope.number));
      }
      const attempt = attempts++;
      if (attempt > 0) {
        query.set('attempt', String(attempt));
      }
      const module = await found.importModule(query.size === 0 ? '' : `?${query}`);
      attempts = attempt;
      return module;
    },
  };
}

/** Converts `error` to a SeldonError, with `status` if that is given. */
export function withStatus(error: unknown, status: number | undefined): SeldonError {
  return status === undefined ? toSeldonError(error) : toSeldonError(error).with({ status });
}
