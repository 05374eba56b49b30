import { startAge } from '../clock.ts';
import { SeldonError, toSeldonError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { PutResult, Store, Stored } from '../stores/store.ts';
import type { EarlyRead } from './early-read.ts';
import {
  badState,
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  nextEnvelope,
  type RememberedAnswer,
  readState,
  toWriteId,
  type Write,
} from './envelope.ts';
import { createRoundTrips } from './round-trips.ts';
import { checkStateValue } from './state-value.ts';

const { randomBytes } = process.getBuiltinModule('node:crypto');
const { serialize } = process.getBuiltinModule('node:v8');

/** Cause of a MICROSERVICE_STATE_UNAVAILABLE after which it is known that nothing was stored. */
export const REFUSED = 'other writers were faster';

/** Conflicts that are retried at once; then with pauses. */
const FREE_RETRIES = 4;

/** Whose state a replica is, and where it is stored. */
export interface ReplicaOptions {
  readonly store: Store;
  /** Key of the value in the store. */
  readonly key: string;
  /** Name of the subject's class: a state of another one is refused. */
  readonly className: string;
  /** Version of what getState() returns; a state of a newer one is refused. */
  readonly schemaVersion: number;
  readonly log: Log;
  /** A read of `key` that has begun, for the first copy. */
  readonly early?: EarlyRead | undefined;
}

/** What has the state, in this instance. */
export interface Subject {
  /** Data that structured clone carries: see `checkStateValue`. */
  getState(): unknown;
  /** `schemaVersion`: that of the instance which wrote `state`. */
  setState(state: unknown, schemaVersion: number): void;
}

/** Answers that are kept with the state, so that a repeat of a call is known. */
export interface Remembering<T> {
  /** What the call was answered when it came before; undefined: it did not. */
  recall(answers: readonly RememberedAnswer[]): T | undefined;
  /** What to keep of the result, in the same write as its effect. */
  toAnswer(result: T): RememberedAnswer;
}

/**
 * A subject's state in this instance, kept in step with the store.
 *
 * `refresh` and `update` may not overlap: who calls runs them one after another. Deadlines are by
 * `monotonicMs()`.
 */
export interface Replica {
  /** Whether there is a copy, no older than `maxAgeMs`, that no update is at work on. */
  isFresh(maxAgeMs: number): boolean;
  /**
   * Reads the store when the copy is older than `maxAgeMs`; an older copy is kept when the store cannot be
   * read.
   *
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when there is no copy by the
   *   deadline.
   */
  refresh(deadline: number, maxAgeMs: number): Promise<void>;
  /**
   * Runs what may change the state, and stores the change, once, before it resolves; run again on the newer
   * state when another instance was faster. Nothing is written when nothing changed and nothing is to be
   * remembered.
   *
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when it could not be stored by the
   *   deadline.
   */
  update<T>(deadline: number, run: () => Promise<T>, remembering?: Remembering<T>): Promise<T>;
}

/** The copy that this instance holds; `envelope` undefined: the store has none yet. */
interface Held {
  readonly envelope: Envelope | undefined;
  readonly version: string | undefined;
  readonly stateBytes: Uint8Array;
}

interface Attempt<T> {
  readonly result: T;
  readonly isStored: boolean;
  /** Why it is not known whether the store has it. */
  readonly error?: unknown;
}

/** Keeps the state of `subject` in a store. Nothing is read before the first refresh or update. */
export function createReplica(
  { store, key, className, schemaVersion, log, early }: ReplicaOptions,
  subject: Subject,
): Replica {
  const roundTrips = createRoundTrips();
  const writer = randomBytes(12).toString('base64url');
  let writes = 0;
  const initial = toBytes(subject);
  let begun = early;
  let held: Held | undefined;
  let age = () => Number.POSITIVE_INFINITY;

  /** Makes the subject what the store says; `stored` undefined: what it was when it was constructed. */
  function take(stored: Stored | undefined, since = startAge()): Held {
    const envelope = stored === undefined ? undefined : readEnvelope(stored.value);
    const stateBytes = envelope?.state ?? initial;
    const state = readState(stateBytes, key);
    held = undefined;
    try {
      subject.setState(state, envelope?.schemaVersion ?? schemaVersion);
    } catch (error) {
      throw badState(key, `was refused by setState(): ${toSeldonError(error).message}`, error);
    }
    age = since;
    held = { envelope, version: stored?.version, stateBytes };
    return held;
  }

  function readEnvelope(bytes: Uint8Array): Envelope {
    const envelope = decodeEnvelope(bytes, key);
    if (envelope.model !== className) {
      throw badState(key, `is of model ${envelope.model}; expected ${className}`);
    }
    if (envelope.schemaVersion > schemaVersion) {
      throw badState(
        key,
        `has schemaVersion ${envelope.schemaVersion}; this model reads up to ${schemaVersion}`,
      );
    }
    return envelope;
  }

  async function reload(deadline: number): Promise<Held> {
    const first = begun;
    begun = undefined;
    if (first?.isFresh()) {
      return take(await first.result(deadline), first.age);
    }
    return take(await roundTrips.time((timeoutMs) => store.get(key, timeoutMs), deadline));
  }

  /** The copy for the next try, however long the store takes to give it. */
  async function current(deadline: number): Promise<Held> {
    for (let failures = 0; ; failures++) {
      try {
        return held ?? (await reload(deadline));
      } catch (error) {
        if (error instanceof SeldonError) {
          throw error;
        }
        await roundTrips.pause(failures, deadline, error);
      }
    }
  }

  /**
   * One try: run on the held copy, then store what it changed. When it was not stored, a newer copy is held
   * or none.
   */
  async function attempt<T>(
    before: Held,
    write: Write,
    deadline: number,
    run: () => Promise<T>,
    remembering: Remembering<T> | undefined,
  ): Promise<Attempt<T>> {
    // Until the store has it, the subject's memory may be ahead of the store.
    held = undefined;
    let result: T;
    try {
      result = await run();
    } catch (error) {
      if (isAt(subject, before.stateBytes)) {
        held = before;
      }
      throw error;
    }
    const state = toBytes(subject);
    if (remembering === undefined && Buffer.compare(state, before.stateBytes) === 0) {
      held = before;
      return { result, isStored: true };
    }
    const content = { model: className, schemaVersion, state };
    const envelope = nextEnvelope(before.envelope, content, write, remembering?.toAnswer(result));
    let put: PutResult;
    try {
      put = await roundTrips.time(
        (timeoutMs) => store.put(key, encodeEnvelope(envelope), before.version, timeoutMs),
        deadline,
      );
    } catch (error) {
      if (error instanceof SeldonError) {
        throw error;
      }
      return { result, isStored: false, error };
    }
    if (put.isStored) {
      held = { envelope, version: put.version, stateBytes: state };
      age = startAge();
    } else if (put.current !== undefined) {
      take(put.current);
    }
    return { result, isStored: put.isStored };
  }

  const isFresh = (maxAgeMs: number) => held !== undefined && age() <= maxAgeMs;

  return {
    isFresh,

    async refresh(deadline, maxAgeMs) {
      if (isFresh(maxAgeMs)) {
        return;
      }
      // Without a copy there is no answer: it is asked for as long as there is time.
      if (held === undefined) {
        await current(deadline);
        return;
      }
      try {
        await reload(deadline);
      } catch (error) {
        if (error instanceof SeldonError) {
          throw error;
        }
        // An older copy beats no answer; the next look is due after another maxAgeMs.
        age = startAge();
        log.warn('the state store could not be read; an older state is used', { key }, error);
      }
    },

    async update<T>(deadline: number, run: () => Promise<T>, remembering?: Remembering<T>): Promise<T> {
      const results = new Map<string, T>();
      for (let tries = 0; ; tries++) {
        const before = await current(deadline);
        const applied = before.envelope?.writes.find((id) => results.has(id));
        if (applied !== undefined) {
          return results.get(applied) as T;
        }
        const recalled = remembering?.recall(before.envelope?.answers ?? []);
        if (recalled !== undefined) {
          return recalled;
        }
        const write = { writer, nth: ++writes };
        const { result, isStored, error } = await attempt(before, write, deadline, run, remembering);
        if (isStored) {
          return result;
        }
        results.set(toWriteId(write), result);
        if (error !== undefined || tries >= FREE_RETRIES) {
          const cause = error ?? REFUSED;
          await roundTrips.pause(Math.max(0, tries - FREE_RETRIES), deadline, cause);
        }
      }
    },
  };
}

/** Whether the subject's state is `bytes`; one that cannot be stored is not. */
function isAt(subject: Subject, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(toBytes(subject), bytes) === 0;
  } catch {
    return false;
  }
}

function toBytes(subject: Subject): Uint8Array {
  const state = subject.getState();
  checkStateValue(state);
  return serialize(state);
}
