import { config } from './config.ts';
import { SeldonError } from './errors.ts';
import { log } from './log.ts';
import type { Model, ModelClass, StatefulModel } from './model.ts';
import type { ModelState } from './state.ts';
import { storeKey, toSettings } from './store-settings.ts';
import type { Store } from './stores/store.ts';
import { traced } from './trace.ts';

let said = false;

/**
 * What keeps a model's state in the store that STATE_URL names; undefined when the model has no state or there is no store.
 *
 * Nothing of it is loaded without STATE_URL.
 *
 * @param className - the export's own name: a bundle may have renamed the class.
 */
export async function openState(
  className: string,
  { schemaVersion = 1 }: ModelClass,
  model: Model,
): Promise<ModelState | undefined> {
  if (!isStateful(model)) return undefined;
  const settings = config();
  if (!settings.STATE_URL) {
    if (!said)
      log('info', 'STATE_URL is not set: the state of the model lives in this instance and ends with it');
    said = true;
    return undefined;
  }
  const { keepState, sharedStore } = await import('./stored.ts');
  const store = await sharedStore(settings.STATE_URL, toSettings(settings));
  return keepState(model, {
    store: tracedStore(store),
    key: storeKey('persistence', settings),
    className,
    schemaVersion,
    maxAgeMs: settings.STATE_MAX_AGE_MS,
  });
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
