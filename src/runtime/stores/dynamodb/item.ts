import type { Stored } from '../store.ts';

/** What is kept under a key: the value, or where it is. */
export type Item = Stored | Pointer;

/** In place of a value too large to be kept here: the URL of the object that holds it. */
export interface Pointer {
  readonly value: string;
  readonly version: string;
}

/** What became of a put. `current`: the item that is there now, where the store returns it. */
export type ItemPutResult =
  | { readonly isStored: true }
  | { readonly isStored: false; readonly current?: Item | undefined };

/** A store of items. */
export interface ItemStore {
  /** As `Store.get`. */
  get(key: string, timeoutMs: number, onSent?: () => void): Promise<Item | undefined>;
  /**
   * Replaces the item if its version is still `seen`; undefined: if there is none yet. `item.version` is a
   * new one.
   */
  put(key: string, item: Item, seen: string | undefined, timeoutMs: number): Promise<ItemPutResult>;
  /** Whether an item takes a value of this size. */
  fits(key: string, value: Uint8Array): boolean;
  close(): void;
}

/** Whether the value is elsewhere. */
export function isPointer(item: Item | undefined): item is Pointer {
  return typeof item?.value === 'string';
}
