import { startAge } from '../clock.ts';
import { SeldonError } from '../errors.ts';
import type { Stored } from '../stores/store.ts';
import type { EarlyRead } from './early-read.ts';
import { badState, decodeEnvelope, type Envelope, isSetBack } from './envelope.ts';
import type { Place } from './place.ts';
import type { RoundTrips } from './round-trips.ts';
import type { Subject } from './subject.ts';

/** A state that the store and the subject have in common. */
export interface Held {
  /** Undefined: the store has none yet. */
  readonly envelope: Envelope | undefined;
  readonly version: string | undefined;
  readonly stateBytes: Uint8Array;
}

/**
 * The copy of a stored state that a subject has in this instance, and its age.
 *
 * Nothing is read before it is asked for. Reads may not overlap. Deadlines are by `monotonicMs()`.
 */
export class HeldCopy {
  readonly #place: Place;
  readonly #subject: Subject;
  readonly #roundTrips: RoundTrips;
  /** The subject's state as its constructor made it. */
  readonly #initial: Uint8Array;
  #early: EarlyRead | undefined;
  #held: Held | undefined;
  #last: Held | undefined;
  /** The last envelope that was seen in the store. */
  #seen: Envelope | undefined;
  #age = () => Number.POSITIVE_INFINITY;

  /**
   * @param early - a read of the key that has begun, for the first copy.
   * @throws Error when the subject's state cannot be serialized.
   */
  constructor(place: Place, subject: Subject, roundTrips: RoundTrips, early: EarlyRead | undefined) {
    this.#place = place;
    this.#subject = subject;
    this.#roundTrips = roundTrips;
    this.#initial = subject.toBytes();
    this.#early = early;
  }

  /** The state; undefined: nothing was read yet, or a change is at work on it. */
  get held(): Held | undefined {
    return this.#held;
  }

  /** The state that was last read or stored, whether a change is at work on it or not. */
  get last(): Held | undefined {
    return this.#last;
  }

  /** Whether `last` is no older than `maxAgeMs`. */
  isRecent(maxAgeMs: number): boolean {
    return this.#last !== undefined && this.#age() <= maxAgeMs;
  }

  /** Whether there is a copy, no older than `maxAgeMs`, that no change is at work on. */
  isFresh(maxAgeMs: number): boolean {
    return this.#held !== undefined && this.#age() <= maxAgeMs;
  }

  /** The subject's state as it is now, in the bytes that are stored. */
  toBytes(): Uint8Array {
    return this.#subject.toBytes();
  }

  /** Drops the copy: the subject's memory may be ahead of the store from now on. */
  drop(): void {
    this.#held = undefined;
  }

  /**
   * Holds a state that the subject and the store have in common; the age stays.
   *
   * @param isAstray - the subject may have another state: then it is held only if that is the same.
   */
  hold(held: Held, isAstray: boolean): void {
    this.#seen = held.envelope;
    this.#last = held;
    if (!isAstray || this.#isAt(held.stateBytes)) {
      this.#held = held;
    }
  }

  /**
   * Gives the subject a state back that it has left, unless it still has it.
   *
   * @param before - the copy that was held last: `stateBytes` is its state, or was made from it.
   * @throws SeldonError MICROSERVICE_BAD_STATE when setState() refuses it.
   */
  giveBack(stateBytes: Uint8Array, { envelope, stateBytes: ofBefore }: Held): void {
    if (!this.#isAt(stateBytes)) {
      const ownVersion = stateBytes === ofBefore ? envelope?.schemaVersion : undefined;
      this.#subject.take(stateBytes, ownVersion ?? this.#place.schemaVersion);
    }
  }

  /** Counts the age from now on. */
  renew(): void {
    this.#age = startAge();
  }

  /** Gives the subject the state that is stored; `stored` undefined: the one that its constructor made. */
  take(stored: Stored | undefined, age = startAge()): Held {
    const envelope = stored === undefined ? undefined : this.#readEnvelope(stored.value);
    const stateBytes = envelope?.state ?? this.#initial;
    this.#held = undefined;
    this.#subject.take(stateBytes, envelope?.schemaVersion ?? this.#place.schemaVersion);
    this.#warnOfLoss(envelope);
    this.#age = age;
    this.#held = { envelope, version: stored?.version, stateBytes };
    this.#last = this.#held;
    return this.#held;
  }

  /**
   * Reads the store, once.
   *
   * @throws Error when the store cannot be read by the deadline; SeldonError when another try will not help.
   */
  async reload(deadline: number): Promise<Held> {
    const early = this.#early;
    this.#early = undefined;
    if (early?.isFresh()) {
      return this.take(await early.result(deadline), early.age);
    }
    const { store, key } = this.#place;
    return this.take(await this.#roundTrips.time((timeoutMs) => store.get(key, timeoutMs), deadline));
  }

  /**
   * The copy; without one the store is read until it answers.
   *
   * @param failures - those of the same call so far.
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when there is none by the deadline.
   */
  async load(deadline: number, failures = this.#roundTrips.failures(deadline)): Promise<Held> {
    if (this.#held !== undefined) {
      return this.#held;
    }
    for (;;) {
      try {
        return await this.reload(deadline);
      } catch (error) {
        if (error instanceof SeldonError) {
          throw error;
        }
        await failures.pause(error);
      }
    }
  }

  #warnOfLoss(now: Envelope | undefined): void {
    const before = this.#seen;
    this.#seen = now;
    if (before !== undefined && isSetBack(before, now)) {
      const { key, log, lossFields } = this.#place;
      const revisions = { revisionBefore: before.revision, revision: now?.revision ?? 0 };
      log.warn('the state store has lost changes that it had stored', {
        key,
        ...revisions,
        ...lossFields?.(),
      });
    }
  }

  #readEnvelope(bytes: Uint8Array): Envelope {
    const { key, owner, className, schemaVersion, shards } = this.#place;
    const envelope = decodeEnvelope(bytes, key);
    if (envelope.owner !== undefined && envelope.owner !== owner) {
      throw badState(key, `is of deployment, predictor and unit ${envelope.owner}; expected ${owner}`);
    }
    if (envelope.model !== className) {
      throw badState(key, `is of model ${envelope.model}; expected ${className}`);
    }
    if (envelope.schemaVersion > schemaVersion) {
      throw badState(
        key,
        `has schemaVersion ${envelope.schemaVersion}; this model reads up to ${schemaVersion}`,
      );
    }
    // A whole state, of a class that had no `merge` yet, becomes the first shard.
    if (envelope.shards !== undefined && envelope.shards !== shards) {
      throw badState(key, `is one of ${envelope.shards} shards; expected a class with static merge`);
    }
    return envelope;
  }

  /** Whether the subject's state serializes to exactly `bytes`; false when it cannot be serialized. */
  #isAt(bytes: Uint8Array): boolean {
    try {
      return Buffer.compare(this.toBytes(), bytes) === 0;
    } catch {
      return false;
    }
  }
}
