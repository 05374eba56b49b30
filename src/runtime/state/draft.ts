import type { Change } from './change.ts';
import { type RememberedAnswer, remember } from './envelope.ts';
import type { Held, HeldCopy } from './held-copy.ts';
import type { Ending, Outcome, PendingCall } from './pending-call.ts';

/** A state to store, and the calls that are answered when it is stored. */
export interface Part {
  /** The state that it replaces. */
  readonly before: Held;
  readonly stateBytes: Uint8Array;
  readonly answers: readonly RememberedAnswer[];
  readonly outcomes: readonly Outcome[];
}

/** Whether there is anything to store: nothing is when nothing changed and nothing is to be remembered. */
export function isChanged({ before, stateBytes, answers }: Part): boolean {
  return answers !== storedAnswers(before) || Buffer.compare(stateBytes, before.stateBytes) !== 0;
}

/** What calls have made of a held copy, one after another, before it is stored. */
export class Draft {
  readonly #copy: HeldCopy;
  readonly #mostAnswers: number;
  #before: Held;
  #stateBytes: Uint8Array;
  #answers: readonly RememberedAnswer[];
  #outcomes: Outcome[] = [];
  #isAstray = false;

  /** @param mostAnswers - how many are remembered. */
  constructor(copy: HeldCopy, before: Held, mostAnswers: number) {
    this.#copy = copy;
    this.#mostAnswers = mostAnswers;
    this.#before = before;
    this.#stateBytes = before.stateBytes;
    this.#answers = storedAnswers(before);
  }

  /** Whether calls that have run wait for a write. */
  get hasOutcomes(): boolean {
    return this.#outcomes.length > 0;
  }

  /** Whether the subject may have another state than the draft: the last run is not part of it. */
  get isAstray(): boolean {
    return this.#isAstray;
  }

  /**
   * Runs a call on the state that the calls before it have left. A call that fails, or whose time is over
   * when it ends, changes nothing.
   *
   * @throws SeldonError MICROSERVICE_BAD_STATE when the model does not take back a state of its own.
   */
  async run(call: PendingCall): Promise<void> {
    const { run, remembering } = call.change;
    const stored = storedAnswers(this.#before);
    const known = recall(remembering, stored);
    if (known !== undefined) {
      call.end(known);
      return;
    }
    // The same key has come with a call before it, whose answer is not stored yet.
    const awaited = this.#answers === stored ? undefined : recall(remembering, this.#answers);
    if (awaited !== undefined) {
      this.#outcomes.push({ call, ending: awaited });
      return;
    }
    if (this.#isAstray) {
      this.#copy.giveBack(this.#stateBytes, this.#before);
      this.#isAstray = false;
    }
    try {
      const result = await run();
      const stateBytes = this.#copy.toBytes();
      const answer = remembering?.toAnswer(result);
      if (call.isAnswered) {
        this.#isAstray = true;
        return;
      }
      this.#stateBytes = stateBytes;
      if (answer !== undefined) {
        this.#answers = remember(this.#answers, answer, this.#mostAnswers);
      }
      this.#outcomes.push({ call, ending: { result } });
    } catch (error) {
      this.#isAstray = true;
      this.#outcomes.push({ call, ending: { error } });
    }
  }

  /** Takes out what waits for a write. A call that is running belongs to the next part. */
  take(): Part {
    const part = {
      before: this.#before,
      stateBytes: this.#stateBytes,
      answers: this.#answers,
      outcomes: this.#outcomes,
    };
    this.#outcomes = [];
    return part;
  }

  /** Goes on from the part that was taken out, which is stored now. */
  follow(stored: Held): void {
    this.#before = stored;
  }
}

function storedAnswers({ envelope }: Held): readonly RememberedAnswer[] {
  return envelope?.answers ?? NO_ANSWERS;
}

const NO_ANSWERS: readonly RememberedAnswer[] = [];

function recall(
  remembering: Change<unknown>['remembering'],
  answers: readonly RememberedAnswer[],
): Ending | undefined {
  try {
    const result = remembering?.recall(answers);
    return result === undefined ? undefined : { result };
  } catch (error) {
    return { error };
  }
}
