import { NotCarriedOut } from '../call-failure.ts';
import { crypto } from '../crypto.ts';
import { SeldonError } from '../errors.ts';
import type { PutResult, Stored } from '../stores/store.ts';
import type { CallQueue } from './call-queue.ts';
import { Draft, isChanged, type Part } from './draft.ts';
import { encodeEnvelope, nextEnvelope, toWriteId } from './envelope.ts';
import { Group } from './group.ts';
import type { Held, HeldCopy } from './held-copy.ts';
import type { Limits } from './limits.ts';
import { endAll } from './pending-call.ts';
import type { Place } from './place.ts';
import type { Failures, RoundTrips } from './round-trips.ts';
import { StateUnavailable } from './state-unavailable.ts';
import { startTimeUp, type TimeUp } from './time-up.ts';

/**
 * Conflicts that are retried at once; further ones after a pause, as long as `RoundTrips.pause` makes one.
 */
const FREE_RETRIES = 1;
/** The longest time that a call which has run waits for those behind it, to share their write. */
const MAX_WAIT_MS = 100;

/** What became of a write. */
type Written =
  /** It is in the store. */
  | { readonly held: Held }
  /** Another write came first. `current`: what is there now, where the store says it. */
  | { readonly current: Stored | undefined }
  /** It is in the store or not. */
  | { readonly error: unknown };

/** Writes the changes of a state to its store. Writes may not overlap. */
export class StateWriter {
  readonly #place: Place;
  readonly #copy: HeldCopy;
  readonly #roundTrips: RoundTrips;
  readonly #limits: Limits;
  /** Made for the first write. */
  #id: string | undefined;
  #writes = 0;

  constructor(place: Place, copy: HeldCopy, roundTrips: RoundTrips, limits: Limits) {
    this.#place = place;
    this.#copy = copy;
    this.#roundTrips = roundTrips;
    this.#limits = limits;
  }

  /**
   * Runs the calls that wait in a queue, one after another, and stores what they change, with one write if
   * possible. Each is answered when its change is in the store. Resolves when all that were taken are
   * answered; never rejects.
   */
  async write(queue: CallQueue): Promise<void> {
    const failures = this.#roundTrips.failures(0);
    const group = new Group(queue, this.#limits.calls, () => failures.reason);
    try {
      await this.#writeAll(group, failures);
    } catch (error) {
      group.fail(error);
    }
  }

  async #writeAll(group: Group, failures: Failures): Promise<void> {
    for (let conflicts = 0; group.begin(); ) {
      failures.deadline = group.deadline;
      const before = await this.#copy.load(group.deadline, failures);
      group.look(before);
      if (!group.begin()) {
        return;
      }
      const written = await this.#try(before, group, failures);
      if (written === undefined || 'held' in written) {
        continue;
      }
      if ('error' in written) {
        await failures.pause(written.error);
        continue;
      }
      failures.end();
      group.open();
      // An earlier write of these calls may be what came first: then there is nothing to wait for.
      const mayPause = !group.isUnsure && ++conflicts > FREE_RETRIES;
      const hasPaused = mayPause && (await this.#roundTrips.pause(conflicts - FREE_RETRIES, group.deadline));
      // After a pause it is old, and a write that replaces it would be in vain.
      if (written.current !== undefined && !hasPaused) {
        this.#copy.take(written.current);
      }
    }
  }

  /** One try; undefined: the store has refused for good what the group has written. */
  async #try(before: Held, group: Group, failures: Failures): Promise<Written | undefined> {
    // Until the store has it, the subject's memory may be ahead of the store.
    this.#copy.drop();
    const draft = new Draft(this.#copy, before, this.#limits.answers);
    try {
      const written =
        (await this.#runAll(draft, group, failures)) ?? (await this.#store(draft, group, failures));
      if ('held' in written) {
        this.#copy.hold(written.held, draft.isAstray);
      }
      return written;
    } catch (error) {
      if (!(error instanceof SeldonError) || error instanceof StateUnavailable) {
        throw error;
      }
      group.refuse(error);
      return undefined;
    }
  }

  /**
   * Runs the calls of a group. When one is slow, the others do not wait for it: what they have changed is
   * stored meanwhile. The result: what became of that write, if it is not in the store.
   */
  async #runAll(draft: Draft, group: Group, failures: Failures): Promise<Written | undefined> {
    let timeUp: TimeUp | undefined;
    try {
      for (let call = group.next(); call !== undefined; call = timeUp?.isOver ? undefined : group.next()) {
        const hasOthers = draft.hasOutcomes;
        const running = draft.run(call);
        if (!hasOthers) {
          await running;
          continue;
        }
        timeUp ??= startTimeUp(MAX_WAIT_MS);
        if (!(await timeUp.waitFor(running))) {
          const written = await whenBoth(running, this.#store(draft, group, failures));
          if (!('held' in written)) {
            return written;
          }
          draft.follow(written.held);
        }
      }
      return undefined;
    } finally {
      timeUp?.clear();
    }
  }

  /** Stores what the calls that have run have changed, and answers them when it is stored. */
  async #store(draft: Draft, group: Group, failures: Failures): Promise<Written> {
    // Others have joined since the try began.
    failures.deadline = group.deadline;
    const part = draft.take();
    const { before, stateBytes, answers, outcomes } = part;
    const { className: model, owner, shards } = this.#place;
    // A state becomes one of shards with its first write as such, whether that changes it or not.
    if (!isChanged(part) && before.envelope?.shards === shards) {
      endAll(outcomes);
      return { held: before };
    }
    const ids = { ...(owner !== undefined && { owner }), ...(shards !== undefined && { shards }) };
    const content = { model, ...ids, schemaVersion: this.#versionOf(part), state: stateBytes };
    this.#id ??= crypto().randomBytes(12).toString('base64url');
    const write = { writer: this.#id, nth: ++this.#writes };
    const envelope = nextEnvelope(before.envelope, content, write, answers);
    group.sent(toWriteId(write), before, outcomes);
    let put: PutResult;
    try {
      put = await this.#putUntilCarriedOut(encodeEnvelope(envelope), before.version, failures);
    } catch (error) {
      if (error instanceof SeldonError) {
        throw error;
      }
      group.unsure();
      return { error };
    }
    if (!put.isStored) {
      return { current: put.current };
    }
    this.#copy.renew();
    endAll(outcomes);
    return { held: { envelope, version: put.version, stateBytes } };
  }

  /** The same bytes have the same form, which may be older than that of the class. */
  #versionOf({ before: { envelope, stateBytes: ofBefore }, stateBytes }: Part): number {
    return (stateBytes === ofBefore ? envelope?.schemaVersion : undefined) ?? this.#place.schemaVersion;
  }

  /**
   * Sends a write again while the store refuses it for now: nothing is in the store then, so there is nothing
   * to read, and the model need not run again.
   */
  async #putUntilCarriedOut(
    bytes: Uint8Array,
    seen: string | undefined,
    failures: Failures,
  ): Promise<PutResult> {
    const { store, key } = this.#place;
    for (;;) {
      try {
        const put = (timeoutMs: number) => store.put(key, bytes, seen, timeoutMs);
        return await this.#roundTrips.time(put, failures.deadline);
      } catch (error) {
        if (!(error instanceof NotCarriedOut)) {
          throw error;
        }
        await failures.pause(error);
      }
    }
  }
}

/** Waits for both, also if one fails; the result is the second's. */
async function whenBoth<T>(first: Promise<void>, second: Promise<T>): Promise<T> {
  await Promise.allSettled([first, second]);
  await first;
  return second;
}
