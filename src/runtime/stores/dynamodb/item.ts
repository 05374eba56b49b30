import type { PutResult, Stored } from '../store.ts';

/** An item under a key: the value, or a pointer to it. */
export type Item = Stored | Pointer;

/** The URL of the object that holds a value which is too large for an item. */
interface Pointer {
  readonly value: string;
  readonly version: string;
}

/** The outcome of a put. `current`: the item that is there now, where the store returns it with a refusal. */
interface ItemPutResult {
  readonly isStored: boolean;
  readonly current: Item | undefined;
}

/** A store of items. */
export interface ItemStore {
  /** As `Store.get`. */
  get: (key: string, timeoutMs: number, onSent?: () => void) => Promise<Item | undefined>;
  /**
   * Replaces the item if its version is still `seen`; with `seen` undefined, if there is no item yet.
   * `item.version` is a new one.
   */
  put(key: string, item: Item, seen: string | undefined, timeoutMs: number): Promise<ItemPutResult>;
  /** Whether a value of this size fits into an item. */
  fits(key: string, value: Uint8Array): boolean;
  /** As `Store.readTogether`. */
  readTogether(): Promise<void>;
  close(): Promise<void>;
}

/** Whether the item is a pointer. */
export function isPointer(item: Item | undefined): item is Pointer {
  return typeof item?.value === 'string';
}

/**
 * The outcome of a put of `version`, for a reader who needs a value: a pointer to it is none.
 */
export function toPutResult({ isStored, current }: ItemPutResult, version: string): PutResult {
  return isStored ? { isStored, version } : { isStored, ...(isPointer(current) ? {} : { current }) };
}
