import { createOnce, type Once } from '../once.ts';
import { openStore } from './index.ts';
import type { Store, StoreSettings } from './store.ts';

const stores = new Map<string, Once<Store>>();

/**
 * The store that `url` names, one for all of this instance: mostly the states' and the metrics' is the same,
 * and each by itself would make a connection of its own.
 *
 * @param variable - where the URL comes from, for the error.
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when it cannot be opened; the next call tries again.
 */
export function sharedStore(url: string, settings: StoreSettings, variable?: string): Promise<Store> {
  const id = JSON.stringify([url, settings]);
  const store = stores.get(id) ?? createOnce<Store>();
  stores.set(id, store);
  return store(() => openStore(url, settings, variable));
}
