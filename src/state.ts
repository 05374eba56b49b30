import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import {
  badState,
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  nextEnvelope,
  stateOf,
  toAnswer,
  toResponse,
} from './envelope.ts';
import { SeldonError, toSeldonError } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { log } from './log.ts';
import type { StatefulModel } from './model.ts';
import { createMutex } from './mutex.ts';
import type { Outcome } from './outcome.ts';
import { checkStateValue } from './state-value.ts';
import type { PutResult, Store, Stored } from './stores/store.ts';

/** Conflicts that are retried at once; then full jitter between 1 and 16 round-trip times. */
const FREE_RETRIES = 4;
const MAX_BACKOFF_ROUND_TRIPS = 16;
const MIN_BACKOFF_MS = 1;
/** One operation may not take all the time there is: a dead connection shall be noticed. */
const MAX_OPERATION_MS = 2_000;
/** Kept back from the function's own time for the answer, at most a quarter of what remains. */
const RESERVE_MS = 1_000;

/** What a state is kept for and where. */
export interface StateOptions {
  readonly store: Store;
  /** Key of the value in the store. */
  readonly key: string;
  /** Name of the model's class: a state of another one is refused. */
  readonly className: string;
  /** Version of what getState() returns; a state of a newer one is refused. */
  readonly schemaVersion: number;
  /** Milliseconds after which a read looks for a newer state; 0: at every call. */
  readonly maxAgeMs: number;
}

/** A model's state in this instance, kept in step with the store. */
export interface ModelState {
  /** Runs what reads the state, on a copy no older than `maxAgeMs`. */
  read<T>(invocation: Invocation, run: () => Promise<T>): Promise<T>;
  /**
   * Runs what may change the state, and stores the change, once, before it resolves; run again on the newer state when
   * another instance was faster. Calls of one instance run one after another.
   *
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when it could not be stored in time.
   */
  update(invocation: Invocation, run: () => Promise<Outcome>): Promise<Outcome>;
}

/** The copy that this instance holds; `envelope` undefined: the store has none yet. */
interface Held {
  readonly envelope: Envelope | undefined;
  readonly version: string | undefined;
  readonly stateBytes: Uint8Array;
}

/** Keeps the state of `model` in a store. Nothing is read before the first call of a method. */
export function keepState(
  model: StatefulModel,
  { store, key, className, schemaVersion, maxAgeMs }: StateOptions,
): ModelState {
  const lock = createMutex();
  const initial = readState(model);
  let held: Held | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let roundTripMs = 5;

  async function timed<T>(run: (timeoutMs: number) => Promise<T>, deadline: number): Promise<T> {
    const start = performance.now();
    const timeoutMs = Math.min(MAX_OPERATION_MS, deadline - start);
    if (timeoutMs <= 0) throw new Error('no time is left');
    const result = await run(timeoutMs);
    roundTripMs += (performance.now() - start - roundTripMs) / 8;
    return result;
  }

  /** Makes the model what the store says; `stored` undefined: what it was when it was constructed. */
  function take(stored: Stored | undefined): Held {
    const envelope = stored === undefined ? undefined : readEnvelope(stored.value);
    const state = envelope === undefined ? deserialize(initial) : stateOf(envelope, key);
    held = undefined;
    try {
      model.setState(state, envelope?.schemaVersion ?? schemaVersion);
    } catch (error) {
      throw badState(key, `was refused by setState(): ${toSeldonError(error).message}`, error);
    }
    readAt = performance.now();
    held = { envelope, version: stored?.version, stateBytes: envelope?.state ?? initial };
    return held;
  }

  function readEnvelope(bytes: Uint8Array): Envelope {
    const envelope = decodeEnvelope(bytes, key);
    if (envelope.model !== className)
      throw badState(key, `is of model ${envelope.model}; expected ${className}`);
    if (envelope.schemaVersion > schemaVersion) {
      throw badState(
        key,
        `has schemaVersion ${envelope.schemaVersion}; this model reads up to ${schemaVersion}`,
      );
    }
    return envelope;
  }

  async function reload(deadline: number): Promise<Held> {
    return take(await timed((timeoutMs) => store.get(key, timeoutMs), deadline));
  }

  /** The copy for the next try, however long the store takes to give it. */
  async function current(deadline: number): Promise<Held> {
    for (let failures = 0; ; failures++) {
      try {
        return held ?? (await reload(deadline));
      } catch (error) {
        if (error instanceof SeldonError) throw error;
        await pause(failures, deadline, error);
      }
    }
  }

  /** Full jitter, up to 16 round trips; throws when the time is over. */
  async function pause(retries: number, deadline: number, cause: unknown): Promise<void> {
    const most = Math.max(MIN_BACKOFF_MS, roundTripMs * Math.min(MAX_BACKOFF_ROUND_TRIPS, 2 ** retries));
    const ms = Math.random() * most;
    if (performance.now() + ms >= deadline) throw unavailable(cause);
    await sleep(ms);
  }

  function unavailable(cause: unknown): SeldonError {
    return new SeldonError(
      'MICROSERVICE_STATE_UNAVAILABLE',
      `the state store could not be used in time: ${toSeldonError(cause).message}`,
      {
        cause,
        headers: { 'retry-after': '1' },
      },
    );
  }

  /** One try: run on the held copy, then store what it changed. Undefined: it was not stored, and there is a newer copy or none. */
  async function attempt(
    before: Held,
    writeId: string,
    idempotencyKey: string | undefined,
    deadline: number,
    run: () => Promise<Outcome>,
  ): Promise<{ readonly result: Outcome; readonly isStored: boolean; readonly error?: unknown }> {
    // Until the store has it, the model's memory may be ahead of the store.
    held = undefined;
    let result: Outcome;
    try {
      result = await run();
    } catch (error) {
      if (Buffer.compare(readState(model), before.stateBytes) === 0) held = before;
      throw error;
    }
    const state = readState(model);
    if (idempotencyKey === undefined && Buffer.compare(state, before.stateBytes) === 0) {
      held = before;
      return { result, isStored: true };
    }
    const answer = idempotencyKey === undefined ? undefined : toAnswer(idempotencyKey, result.response);
    const envelope = nextEnvelope(
      before.envelope,
      { model: className, schemaVersion, state },
      writeId,
      answer,
    );
    let put: PutResult;
    try {
      put = await timed(
        (timeoutMs) => store.put(key, encodeEnvelope(envelope), before.version, timeoutMs),
        deadline,
      );
    } catch (error) {
      if (error instanceof SeldonError) throw error;
      return { result, isStored: false, error };
    }
    if (put.isStored) {
      held = { envelope, version: put.version, stateBytes: state };
      readAt = performance.now();
    } else if (put.current !== undefined) take(put.current);
    return { result, isStored: put.isStored };
  }

  return {
    async read(invocation, run) {
      if (held === undefined || performance.now() - readAt > maxAgeMs)
        await lock(() => refresh(deadlineOf(invocation.remainingMs)));
      return run();
    },

    update(invocation: Invocation, run: () => Promise<Outcome>) {
      const { idempotencyKey } = invocation;
      const deadline = deadlineOf(invocation.remainingMs);
      return lock(async (): Promise<Outcome> => {
        const id = randomUUID();
        const results = new Map<string, Outcome>();
        for (let tries = 0; ; tries++) {
          const before = await current(deadline);
          const applied = before.envelope?.writes.find((write) => results.has(write));
          if (applied !== undefined) return results.get(applied) as Outcome;
          const answered = before.envelope?.answers.find((answer) => answer.key === idempotencyKey);
          if (answered !== undefined) return { response: toResponse(answered), metrics: [] };
          const writeId = `${id}/${tries}`;
          const { result, isStored, error } = await attempt(before, writeId, idempotencyKey, deadline, run);
          if (isStored) return result;
          results.set(writeId, result);
          if (error !== undefined || tries >= FREE_RETRIES)
            await pause(Math.max(0, tries - FREE_RETRIES), deadline, error ?? 'other writers were faster');
        }
      });
    },
  };

  async function refresh(deadline: number): Promise<void> {
    if (held !== undefined && performance.now() - readAt <= maxAgeMs) return;
    // Without a copy there is no answer: it is asked for as long as there is time.
    if (held === undefined) {
      await current(deadline);
      return;
    }
    try {
      await reload(deadline);
    } catch (error) {
      if (error instanceof SeldonError) throw error;
      // An older copy beats no answer; the next look is due after another maxAgeMs.
      readAt = performance.now();
      log('warn', 'the state store could not be read; an older state is used', { key }, error);
    }
  }
}

function deadlineOf(remainingMs: () => number): number {
  const remaining = remainingMs();
  return performance.now() + remaining - Math.min(RESERVE_MS, remaining / 4);
}

function readState(model: StatefulModel): Uint8Array {
  const state = model.getState();
  checkStateValue(state);
  return serialize(state);
}
