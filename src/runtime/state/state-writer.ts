import { CallFailure, NotCarriedOut } from '../call-failure.ts';
import { SeldonError } from '../errors.ts';
import type { PutResult } from '../stores/store.ts';
import {
  type Envelope,
  encodeEnvelope,
  isForgotten,
  nextEnvelope,
  type RememberedAnswer,
  toWriteId,
  type Write,
} from './envelope.ts';
import type { Held, HeldCopy, Place } from './held-copy.ts';
import type { Failures, RoundTrips } from './round-trips.ts';
import { StateUnavailable } from './state-unavailable.ts';

const { randomBytes } = process.getBuiltinModule('node:crypto');

/** Conflicts that are retried at once; further ones after a pause. */
const FREE_RETRIES = 4;

/** Answers that are kept with the state, so that a repeat of a call is recognised. */
export interface Remembering<T> {
  /** The answer that the call got when it came before; undefined: it did not. */
  recall(answers: readonly RememberedAnswer[]): T | undefined;
  /** The answer to keep of the result, in the same write as its effect. */
  toAnswer(result: T): RememberedAnswer;
}

/** A change of the state. */
interface Change<T> {
  /** Changes the subject; may run again, on the newer state, when another instance was faster. */
  readonly run: () => Promise<T>;
  readonly remembering?: Remembering<T> | undefined;
}

interface Attempt<T> {
  readonly result: T;
  readonly isStored: boolean;
  /** Why it is not known whether the store has it. */
  readonly error?: unknown;
}

/** How long one change may go on. */
interface Limits {
  /** By `monotonicMs()`. */
  readonly deadline: number;
  readonly failures: Failures;
}

/** Writes the changes of a state to its store. Changes may not overlap. */
export class StateWriter {
  readonly #place: Place;
  readonly #copy: HeldCopy;
  readonly #roundTrips: RoundTrips;
  readonly #id = randomBytes(12).toString('base64url');
  #writes = 0;

  constructor(place: Place, copy: HeldCopy, roundTrips: RoundTrips) {
    this.#place = place;
    this.#copy = copy;
    this.#roundTrips = roundTrips;
  }

  /** Runs a change and stores it, as `Replica.update`. */
  async update<T>(deadline: number, change: Change<T>): Promise<T> {
    const limits = { deadline, failures: this.#roundTrips.failures(deadline) };
    // Results of tries that may be in the store, by the id of their write.
    const results = new Map<string, T>();
    /** The copy that was to be replaced by a write of which it is not known whether the store has it. */
    let unsure: Held | undefined;
    for (let conflicts = 0; ; ) {
      const before = await this.#copy.load(deadline, limits.failures);
      const applied = before.envelope?.writes.find((id) => results.has(id));
      if (applied !== undefined) {
        return results.get(applied) as T;
      }
      const recalled = change.remembering?.recall(before.envelope?.answers ?? []);
      if (recalled !== undefined) {
        return recalled;
      }
      unsure = stillUnsure(unsure, before);
      const write = { writer: this.#id, nth: ++this.#writes };
      const { result, isStored, error } = await this.#attempt(before, write, limits, change);
      if (isStored) {
        return result;
      }
      results.set(toWriteId(write), result);
      if (error !== undefined) {
        unsure = before;
        await limits.failures.pause(error);
        continue;
      }
      limits.failures.end();
      // An earlier write of this change may be what came first: then there is nothing to wait for.
      if (unsure === undefined && ++conflicts > FREE_RETRIES) {
        await this.#roundTrips.pause(conflicts - FREE_RETRIES, deadline);
      }
    }
  }

  /**
   * One try: runs the change on the held copy, then stores what it changed. When it was not stored, a newer
   * copy is held or none.
   */
  async #attempt<T>(
    before: Held,
    write: Write,
    limits: Limits,
    { run, remembering }: Change<T>,
  ): Promise<Attempt<T>> {
    // Until the store has it, the subject's memory may be ahead of the store.
    this.#copy.drop();
    let result: T;
    try {
      result = await run();
    } catch (error) {
      this.#copy.restore(before);
      throw error;
    }
    const state = this.#copy.toBytes();
    if (remembering === undefined && Buffer.compare(state, before.stateBytes) === 0) {
      this.#copy.hold(before);
      return { result, isStored: true };
    }
    const { className: model, owner, schemaVersion } = this.#place;
    const content = { model, ...(owner !== undefined && { owner }), schemaVersion, state };
    const envelope = nextEnvelope(before.envelope, content, write, remembering?.toAnswer(result));
    return { result, ...(await this.#put(envelope, before.version, limits)) };
  }

  async #put(
    envelope: Envelope,
    seen: string | undefined,
    limits: Limits,
  ): Promise<Omit<Attempt<unknown>, 'result'>> {
    let put: PutResult;
    try {
      put = await this.#putUntilCarriedOut(encodeEnvelope(envelope), seen, limits);
    } catch (error) {
      if (error instanceof SeldonError) {
        throw error;
      }
      return { isStored: false, error };
    }
    if (put.isStored) {
      this.#copy.hold({ envelope, version: put.version, stateBytes: envelope.state });
      this.#copy.renew();
    } else if (put.current !== undefined) {
      this.#copy.take(put.current);
    }
    return { isStored: put.isStored };
  }

  /**
   * Sends a write again while the store refuses it for now: nothing is in the store then, so there is nothing
   * to read, and the model need not run again.
   */
  async #putUntilCarriedOut(
    bytes: Uint8Array,
    seen: string | undefined,
    { deadline, failures }: Limits,
  ): Promise<PutResult> {
    const { store, key } = this.#place;
    for (;;) {
      try {
        return await this.#roundTrips.time((timeoutMs) => store.put(key, bytes, seen, timeoutMs), deadline);
      } catch (error) {
        if (!(error instanceof NotCarriedOut)) {
          throw error;
        }
        await failures.pause(error);
      }
    }
  }
}

const FORGOTTEN = 'it is not known whether the change was stored: too many other writers came after it';

/**
 * `sent` as long as the store may still get the write that was to replace it; undefined when the store has
 * another version and the write is not in it.
 *
 * @throws StateUnavailable when it may have been in it: a second try could count twice.
 */
function stillUnsure(sent: Held | undefined, now: Held): Held | undefined {
  if (sent === undefined || sent.version === now.version) {
    return sent;
  }
  if (isForgotten(sent.envelope, now.envelope)) {
    throw new StateUnavailable(new CallFailure(FORGOTTEN, FORGOTTEN));
  }
  return undefined;
}
