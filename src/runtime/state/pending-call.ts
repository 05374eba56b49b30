import { CallFailure } from '../call-failure.ts';
import { monotonicMs } from '../clock.ts';
import type { Change } from './change.ts';
import { StateUnavailable } from './state-unavailable.ts';

/** The end of a call: what it resolves to, or the error that it rejects with. */
export type Ending = { readonly result: unknown } | { readonly error: unknown };

/** A call, and its end as soon as the state that it leaves is stored. */
export interface Outcome {
  readonly call: PendingCall;
  readonly ending: Ending;
}

const BUSY = 'an earlier call of this instance has not ended';
const LATE = 'no time was left to store the change';

/** A call that may change the state, until it is answered. */
export class PendingCall {
  readonly change: Change<unknown>;
  /** Whether it has to wait for another one. */
  readonly waits: boolean;
  readonly #onEnd: (ending: Ending) => void;
  #timer: NodeJS.Timeout | undefined;
  #whyLate = (): unknown => new CallFailure(BUSY, BUSY);
  #isAnswered = false;

  /** @param onEnd - called once. */
  constructor(change: Change<unknown>, waits: boolean, onEnd: (ending: Ending) => void) {
    this.change = change;
    this.waits = waits;
    this.#onEnd = onEnd;
  }

  /** Whether nobody waits for it any more. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /**
   * Says that its turn has come.
   *
   * @param trouble - gives the reason why nothing could be stored yet, if there is one.
   */
  begin(trouble: () => unknown): void {
    this.#whyLate = () => trouble() ?? new CallFailure(LATE, LATE);
  }

  /** Sees to it that it is answered 503 at its deadline, if it was not answered before. */
  limit(): void {
    this.#timer ??= setTimeout(() => this.#expire(), this.change.deadline - monotonicMs());
  }

  /** Answers it; only the first answer counts. */
  end(ending: Ending): void {
    if (!this.#isAnswered) {
      this.#isAnswered = true;
      clearTimeout(this.#timer);
      this.#onEnd(ending);
    }
  }

  #expire(): void {
    this.end({ error: new StateUnavailable(this.#whyLate()) });
  }
}

/** Answers the calls of `outcomes`. */
export function endAll(outcomes: Iterable<Outcome>): void {
  for (const { call, ending } of outcomes) {
    call.end(ending);
  }
}
