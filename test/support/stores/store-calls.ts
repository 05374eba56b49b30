import { expect } from 'vitest';
import { openStore } from '../../../src/runtime/stores/index.ts';
import type { Store } from '../../../src/runtime/stores/store.ts';
import { NO_SETTINGS } from './hammer.ts';
import { bytes } from './store-suite.ts';

/** Time limit of an operation that is expected to succeed, or to fail for another reason. */
export const SOON_MS = 2000;

/** Opens a store that needs no settings. */
export function open(url: string): Promise<Store> {
  return openStore(url, NO_SETTINGS);
}

/** Stores `text` as the first value of `key`; returns its version. */
export async function stored(store: Store, key: string, text: string): Promise<string> {
  const result = await store.put(key, bytes(text), undefined, SOON_MS);
  if (!result.isStored) {
    expect.fail(`${key} was there already`);
  }
  return result.version;
}

/** The error that a call fails with. */
export async function failureOf(run: Promise<unknown>): Promise<Error> {
  const failure = await run.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(failure).toBeInstanceOf(Error);
  return failure;
}
