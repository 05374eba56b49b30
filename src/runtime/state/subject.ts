import { toSeldonError } from '../errors.ts';
import { badState, readState } from './envelope.ts';
import { checkStateValue } from './state-value.ts';

const { serialize } = process.getBuiltinModule('node:v8');

/** What has a state in this instance, as the bytes that are stored. */
export interface Subject {
  /**
   * The state as it is now.
   *
   * @throws Error when it cannot be serialized.
   */
  toBytes(): Uint8Array;
  /**
   * Takes over a stored state. `schemaVersion`: that of the instance which wrote it.
   *
   * @throws SeldonError MICROSERVICE_BAD_STATE when it is refused.
   */
  take(bytes: Uint8Array, schemaVersion: number): void;
}

/** An object with a state. */
interface Owner {
  /** Data that structured clone carries: see `checkStateValue`. */
  getState(): unknown;
  /** `schemaVersion`: that of the instance which wrote `state`. */
  setState(state: unknown, schemaVersion: number): void;
}

/**
 * Makes the subject of an object with a state.
 *
 * @param key - the key of its value in the store, for errors.
 */
export function toSubject(owner: Owner, key: string): Subject {
  return {
    toBytes: () => toStateBytes(owner.getState(), 'getState()'),
    take(bytes, schemaVersion) {
      const state = readState(bytes, key);
      try {
        owner.setState(state, schemaVersion);
      } catch (error) {
        throw badState(key, `was refused by setState(): ${toSeldonError(error).message}`, error);
      }
    },
  };
}

/**
 * The bytes that are stored of a state.
 *
 * @param source - where it comes from, for the error.
 * @throws Error with the place of what would not come back: see `checkStateValue`.
 */
export function toStateBytes(state: unknown, source: string): Uint8Array {
  checkStateValue(state, source);
  return serialize(state);
}
