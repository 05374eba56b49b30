import { SeldonError, toSeldonError } from '../../errors.ts';
import { show } from '../../show.ts';
import type { Kit } from './kit.ts';

const { isDeepStrictEqual } = process.getBuiltinModule('node:util');

/** The `static merge` of a class. */
export interface Merging {
  readonly className: string;
  /** Runs it, as code of the model. */
  merge(states: unknown[]): unknown;
}

/**
 * Merges stored states.
 *
 * @param all - at least one, each as getState() returns it now.
 * @param key - for the error for bytes that cannot be read.
 * @returns the bytes of the merged one.
 * @throws SeldonError MICROSERVICE_BAD_STATE when `merge` throws, or returns what cannot be stored.
 */
export function mergeStates(
  { className, merge }: Merging,
  all: readonly Uint8Array[],
  { readState, toStateBytes }: Kit,
  key: string,
): Uint8Array {
  // Its own copies: it may change them.
  const states = all.map((bytes) => readState(bytes, key));
  let merged: unknown;
  try {
    merged = merge(states);
  } catch (error) {
    throw badMerge(className, `failed: ${toSeldonError(error).message}`, error);
  }
  if (merged === undefined || merged instanceof Promise) {
    const what = merged === undefined ? 'undefined' : 'a promise';
    throw badMerge(className, `returned ${what}; expected a state, as getState() returns it`);
  }
  try {
    return toStateBytes(merged, 'its result');
  } catch (error) {
    throw badMerge(className, `cannot be used: ${toSeldonError(error).message}`, error);
  }
}

/**
 * Checks that the state of a model that has learnt nothing adds nothing when it is merged: each shard begins
 * with it, so that anything in it would count once for each of them.
 *
 * @throws SeldonError MICROSERVICE_BAD_STATE when it does.
 */
export function checkNeutral(merging: Merging, initial: Uint8Array, kit: Kit, key: string): void {
  const before = kit.readState(initial, key);
  const after = kit.readState(mergeStates(merging, [initial, initial], kit, key), key);
  if (!isDeepStrictEqual(before, after)) {
    throw badMerge(
      merging.className,
      `makes ${show(after)} of the state of a new model twice, which is ${show(before)}; expected the same, since each shard begins with it: keep what a new model knows outside its state`,
    );
  }
}

/** The error for a class whose `static merge` cannot be used. */
export function badMerge(className: string, what: string, cause?: unknown): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_STATE', `static merge of ${className} ${what}`, { cause });
}
