import type { Model, ModelClass } from '../model/model.ts';
import { kindOf } from '../show.ts';
import type { EarlyRead } from '../state/early-read.ts';
import { badMerge } from '../state/merged/merge-states.ts';
import { keepMerged, SHARDS } from '../state/merged/merged-state.ts';
import type { StoreKey } from '../stores/settings.ts';
import type { Store } from '../stores/store.ts';
import type { Trace } from '../telemetry/trace.ts';
import type { BegunState } from './begin-keeping.ts';
import type { StateSubject } from './open-state.ts';

/**
 * The store of shards: reads that begin together are one request, where the store can do that, and those that
 * overlap are one span.
 *
 * @param traced - `opened`, with a span for each operation.
 */
export async function readTogether(traced: Store, opened: Store, trace: Trace): Promise<Store> {
  await opened.readTogether?.();
  let active = 0;
  let end = () => {};
  function leave(): void {
    active--;
    if (active === 0) {
      end();
    }
  }
  return {
    ...traced,
    get(...args) {
      if (active === 0) {
        const ended = new Promise<void>((resolve) => {
          end = resolve;
        });
        trace.span('state', () => ended);
      }
      active++;
      const value = opened.get(...args);
      value.then(leave, leave);
      return value;
    },
  };
}

/** What a merged state needs beside what an ordinary one does. */
interface MergeParts {
  readonly others: readonly OtherShard[];
  readonly later: typeof import('../telemetry/later.chunk.ts');
}

/** One of the shards after the first, and a read of it that has begun, if there was time for it. */
type OtherShard = StoreKey & { readonly early: EarlyRead | undefined };

/**
 * Begins to read the shards after the first.
 *
 * @param keyOf - the key of a shard, from 1 on.
 * @param readEarly - begins to read a key, if there is time for it.
 */
export function otherShards(
  keyOf: (nth: number) => StoreKey,
  readEarly: (key: string) => EarlyRead | undefined,
): readonly OtherShard[] {
  return Array.from({ length: SHARDS - 1 }, (_, index) => {
    const own = keyOf(index + 1);
    return { ...own, early: readEarly(own.key) };
  });
}

/**
 * Has the state of a class with `static merge` kept in shards: see `keepMerged`.
 *
 * Imported when a class has `merge`. It imports nothing that other lazy files do, so that nobody else loads
 * more files because of it.
 */
export function beginMerging(
  begun: BegunState,
  { model, Class, className, run }: StateSubject,
  { others, later }: MergeParts,
): BegunState {
  return {
    ...begun,
    keepState(scoped, options) {
      checkClass(className, Class, model);
      const merge = (states: unknown[]) => run(() => Class.merge?.(states));
      return keepMerged(scoped, { ...options, merging: { className, merge }, others, kit: later });
    },
  };
}

function checkClass(className: string, { merge, stateful: ofClass }: ModelClass, model: Model): void {
  if (typeof merge !== 'function') {
    throw badMerge(className, `is ${kindOf(merge)}; expected a method that takes a list of states`);
  }
  const others = (model.stateful ?? ofClass ?? []).filter((method) => method !== 'sendFeedback');
  if (others.length > 0) {
    throw badMerge(
      className,
      `does not go with static stateful [${others}]: a method that changes the state runs on a part of it alone; expected sendFeedback only`,
    );
  }
}
