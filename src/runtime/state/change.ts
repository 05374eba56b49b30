import type { RememberedAnswer } from './envelope.ts';

/** Answers that are kept with the state, so that a repeat of a call is recognised. */
export interface Remembering<T> {
  /** The Idempotency-Key. */
  readonly key: string;
  /** Whether the method may change the state; otherwise only its answer is kept. */
  readonly changes: boolean;
  /**
   * The answer that the call got when it came before; undefined: it did not.
   *
   * @throws SeldonError when the call must not be made, because another one came under its key.
   */
  recall(answers: readonly RememberedAnswer[]): T | undefined;
  /** The answer to keep of the result, in the same write as its effect. */
  toAnswer(result: T): RememberedAnswer;
}

/** A call that may change the state. */
export interface Change<T> {
  /** By `monotonicMs()`: it has to be answered by then. */
  readonly deadline: number;
  /** Changes the subject; may run again, on the newer state, when another instance was faster. */
  readonly run: () => Promise<T>;
  readonly remembering?: Remembering<T> | undefined;
}
