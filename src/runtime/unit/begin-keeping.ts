import type { Config } from '../config.ts';
import { UNSET } from '../container-image.ts';
import { beginRead, type EarlyRead } from '../state/early-read.ts';
import { type StoreKey, storeKey } from '../stores/settings.ts';
import type { Store } from '../stores/store.ts';
import type { Trace } from '../telemetry/trace.ts';
import type { StateSubject } from './open-state.ts';
import type { UnitSettings } from './settings.ts';
import type { UnitHost } from './unit.ts';

/** The longest time that any operation of a store may take. */
const EARLY_READ_MS = 2_000;

/** A state that is being opened: its store, its key, and the read that has begun. */
export interface BegunState
  extends StoreKey,
    Pick<typeof import('../telemetry/later.chunk.ts'), 'keepState'> {
  readonly store: Store;
  readonly early: EarlyRead | undefined;
  lossFields(): Readonly<Record<string, unknown>>;
}

/**
 * Begins to read the state of a unit, and loads more code while the store's answer is on its
 * way.
 */
export async function beginKeeping(
  subject: StateSubject,
  opened: Store,
  { id, predictor }: Pick<UnitSettings, 'id' | 'predictor'>,
  { config, trace }: UnitHost,
): Promise<BegunState> {
  const { Class } = subject;
  const merging = Class.merge === undefined ? undefined : await import('./begin-merging.ts');
  const traced = tracedStore(opened, trace);
  const store = (await merging?.readTogether(traced, opened, trace)) ?? traced;
  const { SELDON_DEPLOYMENT_ID, PREDICTOR_ID } = config;
  const ids = { SELDON_DEPLOYMENT_ID, PREDICTOR_ID: predictor?.id ?? PREDICTOR_ID };
  const keyOf = (nth?: number) => storeKey('persistence', ids, id, nth);
  const place = keyOf();
  const { STATE_MAX_AGE_MS: maxAgeMs } = config;
  const readEarly = (key: string) =>
    // With 0, a call must see everything that was stored before it came, and an early read would be too old.
    maxAgeMs > 0 ? beginRead((onSent) => store.get(key, EARLY_READ_MS, onSent), maxAgeMs) : undefined;
  const early = readEarly(place.key);
  const others = merging?.otherShards(keyOf, readEarly);
  // Node does nothing else while it loads modules: if that began sooner, the connection would have to wait.
  await early?.sent;
  const later = await import('../telemetry/later.chunk.ts');
  const { keepState } = later;
  const begun = { keepState, store, ...place, early, lossFields: () => lossMetric(config) };
  return merging === undefined || others === undefined
    ? begun
    : merging.beginMerging(begun, subject, { others, later });
}

/**
 * The metric `state_losses` of CloudWatch, in its embedded metric format; nothing when that is not wanted. It
 * is there by deployment, an id that several stacks may have or lack, and by function, whose name is unique.
 */
function lossMetric({ METRICS_EMF, AWS_LAMBDA_FUNCTION_NAME: name, SELDON_DEPLOYMENT_ID }: Config) {
  if (!(METRICS_EMF ?? name !== undefined)) {
    return {};
  }
  const dimensions = { deployment: SELDON_DEPLOYMENT_ID || UNSET, ...(name && { function: name }) };
  const Dimensions = Object.keys(dimensions).map((dimension) => [dimension]);
  const Metrics = [{ Name: 'state_losses', Unit: 'Count' }];
  return {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: 'Seldon', Dimensions, Metrics }] },
    ...dimensions,
    state_losses: 1,
  };
}

function tracedStore(store: Store, trace: Trace): Store {
  return {
    ...store,
    get: (...args) => trace.span('state', () => store.get(...args)),
    put: (...args) => trace.span('state', () => store.put(...args)),
  };
}
