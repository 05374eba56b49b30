import { type Config, config } from '../config.ts';
import { SeldonError } from '../errors.ts';
import { log } from '../log.ts';
import type { Model, ModelClass, StatefulModel } from '../model/model.ts';
import type { EarlyRead } from '../state/early-read.ts';
import type { ModelState } from '../state/model-state.ts';
import { storeKey, toSettings } from '../stores/settings.ts';
import type { Store } from '../stores/store.ts';
import { traced } from '../telemetry/trace.ts';

/** As long as any operation of a store may take. */
const EARLY_READ_MS = 2_000;

let said = false;

/** A state in a store that is being opened. */
export interface BegunState extends Pick<typeof import('../telemetry/later.chunk.ts'), 'keepState'> {
  readonly store: Store;
  readonly key: string;
  readonly early: EarlyRead | undefined;
}

/**
 * Begins to open the store that STATE_URL names, and to read the state, as soon as there is a model that has
 * one: while it loads, the answer is on its way. Undefined when the model has no state yet, or there is no
 * store.
 *
 * A failure is only told of by `openState`. Of a failed read not even that: then the first call reads.
 */
export function beginState({ getState, setState }: Model): Promise<BegunState> | undefined {
  const settings = config();
  if (!settings.STATE_URL || !getState || !setState) {
    return undefined;
  }
  const begun = begin(settings.STATE_URL, settings);
  // When load() fails, nobody asks for it.
  begun.catch(() => undefined);
  return begun;
}

/**
 * What keeps a model's state in the store that STATE_URL names; undefined when the model has no state or
 * there is no store.
 *
 * Nothing of it is loaded without STATE_URL.
 *
 * @param className - the export's own name: a bundle may have renamed the class.
 * @param begun - what `beginState` gave for the model.
 */
export async function openState(
  className: string,
  { schemaVersion = 1 }: ModelClass,
  model: Model,
  begun: Promise<BegunState> | undefined,
): Promise<ModelState | undefined> {
  if (!isStateful(model)) {
    return undefined;
  }
  const settings = config();
  if (!settings.STATE_URL) {
    if (!said) {
      log('info', 'STATE_URL is not set: the state of the model lives in this instance and ends with it');
    }
    said = true;
    return undefined;
  }
  const { keepState, ...place } = await (begun ?? begin(settings.STATE_URL, settings));
  return keepState(model, { ...place, className, schemaVersion, maxAgeMs: settings.STATE_MAX_AGE_MS });
}

async function begin(url: string, settings: Config): Promise<BegunState> {
  const { beginRead, sharedStore } = await import('../state/first.chunk.ts');
  const store = tracedStore(await sharedStore(url, toSettings(settings)));
  const key = storeKey('persistence', settings);
  const { STATE_MAX_AGE_MS: maxAgeMs } = settings;
  const read = (onSent: () => void) => store.get(key, EARLY_READ_MS, onSent);
  // With 0, a call wants to see what was stored until it came.
  const early = maxAgeMs > 0 ? beginRead(read, maxAgeMs) : undefined;
  // What else it takes is loaded while the answer is on its way. Node loads modules in one go: sooner, the
  // connection would have to wait for that.
  await early?.sent;
  const { keepState } = await import('../telemetry/later.chunk.ts');
  return { keepState, store, key, early };
}

function tracedStore({ get, put, close }: Store): Store {
  return {
    get: (...args) => traced('state', () => get(...args)),
    put: (...args) => traced('state', () => put(...args)),
    close,
  };
}

function isStateful(model: Model): model is StatefulModel {
  const { getState, setState } = model;
  if ((getState === undefined) !== (setState === undefined)) {
    throw new SeldonError(
      'MICROSERVICE_BAD_STATE',
      `the model has ${getState ? 'getState' : 'setState'}() only; it takes both to keep a state`,
    );
  }
  return getState !== undefined;
}
