import type { Item } from './request.ts';

/** Lines that are sent in one request. */
export type MiniBatch = [Item, ...Item[]];

/** Collects lines for mini-batches. */
export interface Batcher {
  /** Adds a line; gives the mini-batches that are full with it. */
  add(item: Item): MiniBatch[];
  /** Gives those that are not full. */
  rest(): MiniBatch[];
}

interface Open {
  readonly items: MiniBatch;
  characters: number;
}

/** Characters of a request: Lambda takes 6 MB, and its answer may be larger than the request. */
const MAX_CHARACTERS = 1_000_000;
/**
 * A mini-batch is sent when so many of its size have been read since its first line: lines of its form are
 * rare.
 */
const MAX_AGE = 16;

/**
 * Collects lines of the same key, up to `size` of them or a megabyte. Lines without a key, and all if `size`
 * is 1, are sent alone.
 *
 * @param size - asked anew for each line: it may change.
 */
export function createBatcher(size: () => number): Batcher {
  const open = new Map<string, Open>();

  function addTo(key: string, item: Item): MiniBatch[] {
    const { length } = item.row.text;
    const full: MiniBatch[] = [];
    let batch = open.get(key);
    if (batch !== undefined && batch.characters + length > MAX_CHARACTERS) {
      open.delete(key);
      full.push(batch.items);
      batch = undefined;
    }
    if (batch === undefined) {
      open.set(key, { items: [item], characters: length });
    } else {
      batch.items.push(item);
      batch.characters += length;
      if (batch.items.length >= size()) {
        open.delete(key);
        full.push(batch.items);
      }
    }
    return full;
  }

  /** The oldest one, when it has waited for long enough. */
  function aged(index: number): MiniBatch[] {
    for (const [key, { items }] of open) {
      if (index - items[0].row.index <= MAX_AGE * size()) {
        break;
      }
      open.delete(key);
      return [items];
    }
    return [];
  }

  return {
    add(item) {
      const { key } = item.piece;
      if (key === undefined || size() === 1) {
        return [[item]];
      }
      const full = addTo(key, item);
      return open.size > 1 ? [...full, ...aged(item.row.index)] : full;
    },
    rest() {
      const left = [...open.values()].map(({ items }) => items);
      open.clear();
      return left;
    },
  };
}
