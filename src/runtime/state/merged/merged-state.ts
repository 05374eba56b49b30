import { deadlineOf } from '../../clock.ts';
import type { StatefulModel } from '../../model/model.ts';
import type { Remembering } from '../change.ts';
import type { Held } from '../held-copy.ts';
import type { Limits } from '../limits.ts';
import type { ModelState, StateOptions } from '../model-state.ts';
import type { ReplicaOptions } from '../replica.ts';
import type { Kit } from './kit.ts';
import { checkNeutral, type Merging, mergeStates } from './merge-states.ts';
import { Shard } from './shard.ts';
import { toShardLog } from './shard-log.ts';
import { type Shown, Stage } from './stage.ts';

const { crc32 } = process.getBuiltinModule('node:zlib');

/**
 * How many values of the store a merged state consists of. It can never change: a repeated call would look
 * for its Idempotency-Key in another one.
 */
export const SHARDS = 16;

/**
 * The last 256 keys of all shards are remembered, as those of an ordinary state are: a shard gets 16 of them
 * on average, and practically never 64. Few wait for a shard at once, so that pauses are short.
 */
const LIMITS: Limits = { answers: 64, calls: 32, pause: 4 };

/** Options of a merged state; those that it shares with an ordinary one are of its first shard. */
export interface MergedOptions extends StateOptions {
  readonly merging: Merging;
  /** Those of the other shards. */
  readonly others: readonly Pick<ReplicaOptions, 'key' | 'owner' | 'early'>[];
  readonly kit: Kit;
}

/**
 * Keeps the state of `model` in {@link SHARDS} values of a store, so that many instances can write at once. A
 * call that changes the state runs on one of them alone; a call that reads gets what `merge` makes of them
 * all.
 *
 * A call with an Idempotency-Key belongs to the shard of its key, so that a repeat of it finds the first
 * answer. Any other belongs to a shard of this instance, which takes another one when it meets others there.
 *
 * @throws SeldonError MICROSERVICE_BAD_STATE when `merge` cannot be used.
 */
export function keepMerged(
  model: StatefulModel,
  { maxAgeMs, merging, others, kit, ...first }: MergedOptions,
): ModelState {
  const { key, schemaVersion } = first;
  const subject = kit.toSubject(model, key);
  const stage = new Stage(subject, kit);
  const initial: Shown = { bytes: subject.toBytes(), schemaVersion };
  checkNeutral(merging, initial.bytes, kit, key);
  const log = toShardLog(first.log);
  const shards = [first, ...others].map(
    (own) =>
      new Shard({ ...first, early: undefined, ...own, log, shards: SHARDS, limits: LIMITS }, initial, kit),
  );
  const base = shards[0] as Shard;
  const view = createView();
  let home = randomShard();

  function createView(): () => Shown {
    let from: readonly (Held | undefined)[] = [];
    let merged: Shown | undefined;
    return () => {
      const now = shards.map(({ last }) => last);
      if (merged === undefined || now.some((held, nth) => held !== from[nth])) {
        const states = now.flatMap((held) => (held?.envelope === undefined ? [] : [toCurrent(held)]));
        // A copy: a read may change the model in place, which is then no longer in the state that shards
        // begin with.
        const bytes =
          states.length === 0 ? Uint8Array.from(initial.bytes) : mergeStates(merging, states, kit, key);
        merged = { bytes, schemaVersion };
        from = now;
      }
      return merged;
    };
  }

  /** A state as the class has it now. */
  function toCurrent({ envelope, stateBytes }: Held): Uint8Array {
    const state = { bytes: stateBytes, schemaVersion: envelope?.schemaVersion ?? schemaVersion };
    return state.schemaVersion === schemaVersion ? stateBytes : stage.toBytes(state);
  }

  async function refresh(deadline: number): Promise<void> {
    await log.reading(() => Promise.all(shards.map((shard) => shard.refresh(deadline, maxAgeMs))));
  }

  /** Says in the first shard that there are others, before anything is in one of them. */
  async function mark(deadline: number): Promise<void> {
    if (base.last?.envelope?.shards === undefined) {
      const run = async (before: () => Shown) => ({ result: undefined, after: before() });
      await base.update({ deadline, run });
    }
  }

  /** Also looks at the answers that were remembered when the state was not in shards yet. */
  function withBase<T>(remembering: Remembering<T>): Remembering<T> {
    const recall: Remembering<T>['recall'] = (answers) =>
      remembering.recall(answers) ?? remembering.recall(base.last?.envelope?.answers ?? []);
    return { ...remembering, recall };
  }

  return {
    async read({ remainingMs }, run) {
      const deadline = deadlineOf(remainingMs);
      await refresh(deadline);
      return stage.read(deadline, view, run);
    },
    async update({ remainingMs }, run, remembering) {
      const deadline = deadlineOf(remainingMs);
      const nth = remembering === undefined ? home : crc32(remembering.key) % SHARDS;
      const shard = shards[nth] as Shard;
      if (nth !== 0 && base.last?.envelope?.shards === undefined) {
        await mark(deadline);
      }
      const known = remembering && withBase(remembering);
      if (remembering?.changes === false) {
        await refresh(deadline);
        return shard.update({
          deadline,
          run: async (before) => ({ result: await stage.read(deadline, view, run), after: before() }),
          remembering: known,
        });
      }
      const result = await shard.update({
        deadline,
        async run(before) {
          const { result, bytes } = await stage.change(deadline, before, run);
          return { result, after: { bytes, schemaVersion } };
        },
        remembering: known,
      });
      if (nth === home && shard.isShared) {
        home = randomShard();
        shards[home]?.expectOthers();
      }
      return result;
    },
  };
}

function randomShard(): number {
  return Math.floor(Math.random() * SHARDS);
}
