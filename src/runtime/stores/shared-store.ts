import { openStore } from './index.ts';
import type { Store, StoreSettings } from './store.ts';

const opened = new Map<string, Promise<Store>>();

/**
 * The store that `url` names, one for all of this instance: mostly the states' and the metrics' is the same,
 * and each by itself would make a connection of its own.
 *
 * @param variable - where the URL comes from, for the error.
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when it cannot be opened; the next call tries again.
 */
export function sharedStore(url: string, settings: StoreSettings, variable?: string): Promise<Store> {
  const id = JSON.stringify([url, settings]);
  const known = opened.get(id);
  if (known !== undefined) {
    return known;
  }
  const opening = openStore(url, settings, variable).catch((error: unknown) => {
    opened.delete(id);
    throw error;
  });
  opened.set(id, opening);
  return opening;
}
