import type { OpenStore, StoreSettings } from '../src/runtime/stores/store.ts';

/** Milliseconds of a store's first steps. */
export interface StateColdTimes {
  readonly import: number;
  /** Opening the store and the first read, of a key that is not there. */
  readonly firstGet: number;
}

const TIMEOUT_MS = 10_000;

const [clientUrl, storeUrl, settingsText] = process.argv.slice(2) as [string, string, string];
const settings = JSON.parse(settingsText) as StoreSettings;

const start = performance.now();
const { open } = (await import(clientUrl)) as { open: OpenStore };
const imported = performance.now();
const store = await open(new URL(storeUrl), settings);
const found = await store.get('bench_cold', TIMEOUT_MS);
const read = performance.now();
await store.close();

if (found !== undefined) {
  throw new Error('bench_cold is there');
}
const times: StateColdTimes = { import: imported - start, firstGet: read - imported };
console.log(JSON.stringify(times));
