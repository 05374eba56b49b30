import type { OpenStore, StoreSettings } from '../../../src/runtime/stores/store.ts';
import { report } from '../../../test/support/report.ts';

/** Durations of a store's first steps, milliseconds. */
export interface StateColdTimes {
  readonly import: number;
  /** Opening the store, and the first read, of a key that does not exist. */
  readonly firstGet: number;
}

const TIMEOUT_MS = 10_000;

/** A client of a store, and the store. */
export interface StateColdCase {
  /** URL of the module with the client. */
  readonly client: string;
  /** Name of its function that opens the store. */
  readonly open: string;
  readonly store: string;
  readonly settings: StoreSettings;
}

const { client, open, store: url, settings } = JSON.parse(process.argv[2] as string) as StateColdCase;

const start = performance.now();
const { [open]: openStore } = (await import(client)) as Record<string, OpenStore>;
const imported = performance.now();
const store = await (openStore as OpenStore)(new URL(url), settings);
const found = await store.get('bench_cold', TIMEOUT_MS);
const read = performance.now();
await store.close();

if (found !== undefined) {
  throw new Error('the key bench_cold exists');
}
report({ import: imported - start, firstGet: read - imported } satisfies StateColdTimes);
