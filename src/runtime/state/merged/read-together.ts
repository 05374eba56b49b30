import type { Store, Stored } from '../../stores/store.ts';

/** A read that waits for the others of its turn. */
interface Waiting {
  readonly key: string;
  readonly timeoutMs: number;
  readonly onSent: (() => void) | undefined;
  resolve(value: Stored | undefined): void;
  reject(error: unknown): void;
}

/**
 * The same store, whose reads become one request when they begin together, if it can read several keys at
 * once.
 */
export function readTogether(store: Store): Store {
  return store.getAll === undefined ? store : together(store, store.getAll);
}

function together(store: Store, readKeys: NonNullable<Store['getAll']>): Store {
  let waiting: Waiting[] = [];

  function readAll(): void {
    const reads = waiting;
    waiting = [];
    const keys = [...new Set(reads.map(({ key }) => key))];
    const timeoutMs = Math.min(...reads.map((read) => read.timeoutMs));
    const onSent = () => {
      for (const read of reads) {
        read.onSent?.();
      }
    };
    const values = toValues(keys, timeoutMs, onSent);
    for (const { key, resolve, reject } of reads) {
      values[keys.indexOf(key)]?.then(resolve, reject);
    }
  }

  function toValues(keys: readonly string[], timeoutMs: number, onSent: () => void) {
    const [key = ''] = keys;
    return keys.length > 1 ? readKeys(keys, timeoutMs, onSent) : [store.get(key, timeoutMs, onSent)];
  }

  return {
    ...store,
    get: (key, timeoutMs, onSent) =>
      new Promise((resolve, reject) => {
        if (waiting.push({ key, timeoutMs, onSent, resolve, reject }) === 1) {
          // When all that can go on now has done so: those who were held up by nothing read at once.
          process.nextTick(readAll);
        }
      }),
  };
}
