import { CallFailure } from '../call-failure.ts';
import type { CallQueue } from './call-queue.ts';
import { isForgotten } from './envelope.ts';
import type { Held } from './held-copy.ts';
import { endAll, type Outcome, type PendingCall } from './pending-call.ts';
import { StateUnavailable } from './state-unavailable.ts';

/** Writes that were sent to replace one version of the state. At most one of them is in the store. */
interface Tried {
  readonly before: Held;
  /** What each of them answers if it is in the store, by its id. */
  readonly outcomes: Map<string, readonly Outcome[]>;
  /** Whether it is not known what became of one of them. */
  isUnsure: boolean;
}

const FORGOTTEN = 'it is not known whether the change was stored: too many other writers came after it';

/** The calls of an instance that are run one after another and stored by one write. */
export class Group {
  readonly #queue: CallQueue;
  readonly #trouble: () => unknown;
  readonly #mostTogether: number;
  /** Those that have begun, in order. */
  #calls: PendingCall[] = [];
  /** How many of them have run in this try. */
  #runs = 0;
  /** How many may. */
  #most: number;
  #isOneByOne = false;
  #tried: Tried | undefined;

  /**
   * @param mostTogether - calls that are stored by one write, at most.
   * @param trouble - see `PendingCall.begin`.
   */
  constructor(queue: CallQueue, mostTogether: number, trouble: () => unknown) {
    this.#queue = queue;
    this.#trouble = trouble;
    this.#mostTogether = mostTogether;
    this.#most = mostTogether;
    if (this.#take()?.waits === false) {
      // It has its write for itself, as if there were no groups. What comes meanwhile waits, and shares the
      // next.
      this.#most = 1;
    }
  }

  /** The latest deadline of its calls, by `monotonicMs()`; each of them has its own, too. */
  get deadline(): number {
    return Math.max(...this.#calls.map(({ change }) => change.deadline));
  }

  /** Whether the store may have a write of which it is not known what became of it. */
  get isUnsure(): boolean {
    return this.#tried?.isUnsure === true;
  }

  /** Begins a try; false: all its calls are answered. */
  begin(): boolean {
    this.#runs = 0;
    this.#calls = this.#calls.filter(({ isAnswered }) => !isAnswered);
    return this.#calls.length > 0;
  }

  /**
   * The next call to run: first those of an earlier try, then those that have come since; undefined: there is
   * none, or one write has enough of them.
   */
  next(): PendingCall | undefined {
    if (this.#runs === this.#most) {
      return undefined;
    }
    while (this.#calls[this.#runs]?.isAnswered) {
      this.#calls.splice(this.#runs, 1);
    }
    const call = this.#calls[this.#runs] ?? this.#take();
    this.#runs += call === undefined ? 0 : 1;
    return call;
  }

  #take(): PendingCall | undefined {
    const call = this.#queue.take(this.#trouble);
    if (call !== undefined && this.#calls.push(call) === 2) {
      // Alone it needs no timer. Together they go on until the last of their deadlines.
      this.#calls[0]?.limit();
    }
    return call;
  }

  /** Lets those join that have come while others were faster. */
  open(): void {
    this.#most = this.#isOneByOne ? 1 : this.#mostTogether;
  }

  /** Keeps what a write answers if it turns out to be in the store. */
  sent(id: string, before: Held, outcomes: readonly Outcome[]): void {
    if (this.#tried === undefined || this.#tried.before.version !== before.version) {
      this.#tried = { before, outcomes: new Map(), isUnsure: false };
    }
    this.#tried.outcomes.set(id, outcomes);
  }

  /** Says that it is not known what became of the last write. */
  unsure(): void {
    if (this.#tried !== undefined) {
      this.#tried.isUnsure = true;
    }
  }

  /**
   * Looks in the store's state for the writes that were sent, and answers the calls whose write is there. As
   * long as the store has the version that they were to replace, they may still arrive.
   */
  look(now: Held): void {
    const tried = this.#tried;
    if (tried === undefined) {
      return;
    }
    const applied = now.envelope?.writes.find((id) => tried.outcomes.has(id));
    if (applied !== undefined) {
      endAll(tried.outcomes.get(applied) as readonly Outcome[]);
    } else if (tried.before.version === now.version) {
      return;
    } else if (tried.isUnsure && isForgotten(tried.before.envelope, now.envelope)) {
      // A second try could count twice.
      const error = new StateUnavailable(new CallFailure(FORGOTTEN, FORGOTTEN));
      endAll([...tried.outcomes.values()].flat().map(({ call }) => ({ call, ending: { error } })));
    }
    this.#tried = undefined;
  }

  /**
   * Deals with an error of a write that no other try will mend: it belongs to the call that has run. If
   * several have, each of them gets a write of its own, as it may be the fault of one.
   */
  refuse(error: unknown): void {
    if (this.#runs > 1) {
      this.#isOneByOne = true;
      this.#most = 1;
    } else {
      this.#calls[0]?.end({ error });
    }
  }

  /** Ends all its calls with an error. */
  fail(error: unknown): void {
    endAll(this.#calls.map((call) => ({ call, ending: { error } })));
  }
}
