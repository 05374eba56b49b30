import { SeldonError } from '../errors.ts';
import type { Model, ModelClass, StatefulModel } from '../model/model.ts';
import type { ModelState } from '../state/model-state.ts';
import type { BegunState } from './begin-keeping.ts';
import type { UnitSettings } from './settings.ts';
import type { UnitHost } from './unit.ts';

/** A model whose state is kept in a store. */
export interface StateSubject {
  readonly model: Model;
  readonly Class: ModelClass;
  readonly className: string;
  /** Runs code of the model. */
  run<T>(code: () => T): T;
}

/**
 * Begins to open the store that STATE_URL names, and to read the state, as soon as the model has been
 * constructed: the answer is on its way while the model loads. Undefined when the model does not have a state
 * yet, or STATE_URL is not set.
 *
 * Errors surface in `openState`. If the early read fails, the first call reads instead.
 */
export function beginState(
  subject: StateSubject,
  settings: UnitSettings,
  host: UnitHost,
): Promise<BegunState> | undefined {
  const { getState, setState } = subject.model;
  if (!settings.stateUrl || !getState || !setState) {
    return undefined;
  }
  const begun = begin(settings.stateUrl, subject, settings, host);
  // If load() fails, nothing awaits this promise.
  begun.catch(() => undefined);
  return begun;
}

/**
 * Opens the model's state in the store that STATE_URL names; undefined when the model has no state or
 * STATE_URL is not set. Without STATE_URL, no code for it is loaded.
 *
 * @param begun - the result of `beginState` for the same model.
 */
export async function openState(
  subject: StateSubject,
  settings: UnitSettings,
  host: UnitHost,
  begun: Promise<BegunState> | undefined,
): Promise<ModelState | undefined> {
  const { model, Class, className, run } = subject;
  if (!isStateful(model)) {
    return undefined;
  }
  if (!settings.stateUrl) {
    host.log.info('STATE_URL is not set: the state of the model lives in this instance and ends with it');
    return undefined;
  }
  const { keepState, ...place } = await (begun ?? begin(settings.stateUrl, subject, settings, host));
  const scoped: StatefulModel = {
    getState: () => run(() => model.getState()),
    setState: (state, version) => run(() => model.setState(state, version)),
  };
  const { log, config } = host;
  const { schemaVersion = 1 } = Class;
  return keepState(scoped, { ...place, className, schemaVersion, log, maxAgeMs: config.STATE_MAX_AGE_MS });
}

async function begin(
  url: string,
  subject: StateSubject,
  settings: UnitSettings,
  host: UnitHost,
): Promise<BegunState> {
  const store = await host.openStore(url);
  const { beginKeeping } = await import('./first.chunk.ts');
  return beginKeeping(subject, store, settings, host);
}

function isStateful(model: Model): model is StatefulModel {
  const { getState, setState } = model;
  if ((getState === undefined) !== (setState === undefined)) {
    throw new SeldonError(
      'MICROSERVICE_BAD_STATE',
      `the model has ${getState ? 'getState' : 'setState'}() only; to keep a state it needs getState() and setState()`,
    );
  }
  return getState !== undefined;
}
