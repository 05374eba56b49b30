import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import type { TestRequest } from './events.ts';
import type { Answer } from './state-processes.ts';
import { openProxy, type StoreProxy } from './stores/proxy.ts';
import {
  type Environment,
  type RunningStore,
  STORE_NAMES,
  STORES,
  type StoreName,
} from './stores/running-stores.ts';

/** The folder of the models whose state is counted. */
export const MODELS = fileURLToPath(new URL('../models/state', import.meta.url));
/** A state in one value of the store, and one in shards. */
export const KINDS = ['whole', 'merged'] as const;
/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];
/** The files of the models with a state of each kind; the class of both is `Counter`. */
export const FILES: Readonly<Record<Kind, string>> = { whole: 'Counter', merged: 'MergedCounter' };
/** Processes or instances that share a state. */
export const PROCESSES = 4;
export const FEEDBACKS = 120;
export const SEED = 7;

/** The stores, which all tests of a file share. */
export interface Stores {
  /** The environment of a state of its own, in a store that other states are in too. */
  newState(name: StoreName, proxy?: StoreProxy): Environment;
  /** The environment of that store behind a proxy. */
  environmentBehind(name: StoreName, proxy: StoreProxy): Environment;
  /** Stands between a store and its clients until the test is over; it loses a share of the replies. */
  openProxyTo(name: StoreName, share?: number): Promise<StoreProxy>;
  /** Closes something when the test is over. */
  closeLater(close: () => Promise<void>): void;
}

/** Starts the stores before all tests of the file that calls this, and closes them after all. */
export function openStores(): Stores {
  const stores = new Map<string, RunningStore>();
  const closes: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    for (const name of STORE_NAMES) {
      stores.set(name, await STORES[name]());
    }
  }, 60_000);
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const close of closes.splice(0)) {
      await close();
    }
  });
  afterAll(async () => {
    for (const store of stores.values()) {
      await store.close();
    }
  });
  const storeOf = (name: StoreName) => stores.get(name) as RunningStore;
  return {
    newState: (name, proxy) => ({
      ...storeOf(name).environment(proxy?.address),
      STATE_MAX_AGE_MS: '0',
      SELDON_DEPLOYMENT_ID: randomUUID(),
    }),
    environmentBehind: (name, proxy) => storeOf(name).environment(proxy.address),
    async openProxyTo(name, share = 0) {
      const proxy = await openProxy(storeOf(name).address as string, { share, seed: SEED });
      closes.push(() => proxy.close());
      return proxy;
    },
    closeLater: (close) => closes.push(close),
  };
}

/** A feedback that counts one, once for its key. */
export function feedback(idempotencyKey?: string): TestRequest {
  return {
    method: 'POST',
    path: '/send-feedback',
    body: '{"reward":1}',
    headers: {
      'content-type': 'application/json',
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
  };
}

/** How many answers have which status; 0: none came. */
export function statuses(answers: readonly (Answer | undefined)[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const answer of answers) {
    counts[answer?.status ?? 0] = (counts[answer?.status ?? 0] ?? 0) + 1;
  }
  return counts;
}

/** A list of `count` items. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
