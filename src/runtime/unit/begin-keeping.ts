import type { Config } from '../config.ts';
import { UNSET } from '../container-image.ts';
import { beginRead, type EarlyRead } from '../state/early-read.ts';
import { type StoreKey, storeKey } from '../stores/settings.ts';
import type { Store } from '../stores/store.ts';
import type { Trace } from '../telemetry/trace.ts';
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
  opened: Store,
  { id, predictor }: Pick<UnitSettings, 'id' | 'predictor'>,
  { config, trace }: UnitHost,
): Promise<BegunState> {
  const store = tracedStore(opened, trace);
  const { SELDON_DEPLOYMENT_ID, PREDICTOR_ID } = config;
  const ids = { SELDON_DEPLOYMENT_ID, PREDICTOR_ID: predictor?.id ?? PREDICTOR_ID };
  const place = storeKey('persistence', ids, id);
  const { STATE_MAX_AGE_MS: maxAgeMs } = config;
  const read = (onSent: () => void) => store.get(place.key, EARLY_READ_MS, onSent);
  // With 0, a call must see everything that was stored before it came, and an early read would be too old.
  const early = maxAgeMs > 0 ? beginRead(read, maxAgeMs) : undefined;
  // Node does nothing else while it loads modules: if that began sooner, the connection would have to wait.
  await early?.sent;
  const { keepState } = await import('../telemetry/later.chunk.ts');
  return { keepState, store, ...place, early, lossFields: () => lossMetric(config) };
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

function tracedStore({ get, put, close }: Store, trace: Trace): Store {
  return {
    get: (...args) => trace.span('state', () => get(...args)),
    put: (...args) => trace.span('state', () => put(...args)),
    close,
  };
}
