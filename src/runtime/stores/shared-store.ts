import { createOnce, type Once } from '../once.ts';
import { openStore } from './index.ts';
import type { Store, StoreSettings } from './store.ts';

const stores = new Map<string, Once<Store>>();

/**
 * Opens the store that `url` names, once in this instance: state and metrics mostly share a store, and would
 * otherwise make a connection each.
 *
 * @param variable - the variable that holds the URL, for the error.
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when it cannot be opened; the next call tries again.
 */
export function sharedStore(url: string, settings: StoreSettings, variable?: string): Promise<Store> {
  const id = JSON.stringify([url, settings]);
  const store = stores.get(id) ?? createOnce<Store>();
  stores.set(id, store);
  return store(() => openStore(url, settings, variable));
}
