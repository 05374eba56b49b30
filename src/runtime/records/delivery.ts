import { setTimeout as sleep } from 'node:timers/promises';
import { NotCarriedOut } from '../call-failure.ts';
import { toSeldonError } from '../errors.ts';
import type { Answer, Output } from './outputs/output.ts';

/** How often answers are sent that an output refuses for now. */
const TRIES = 3;
const FIRST_PAUSE_MS = 100;

/** An answer that did not arrive. */
export interface Undelivered<A extends Answer> {
  readonly answer: A;
  readonly info: string;
}

/** Collects the answers of one event, and sends them in as few calls as the output allows. */
export class Delivery<A extends Answer> {
  readonly #output: Output;
  readonly #maxAnswers: number;
  readonly #remainingMs: () => number;
  readonly #name: string;
  #waiting: A[] = [];
  #bytes = 0;

  /**
   * @param isInOrder - whether an answer must have arrived before the next one is sent; not where all are
   *   written at once.
   * @param name - of the event, for what is written.
   */
  constructor(
    output: Output,
    { isInOrder, name, remainingMs }: { isInOrder: boolean; name: string; remainingMs: () => number },
  ) {
    const { maxAnswers } = output;
    this.#output = output;
    this.#maxAnswers = isInOrder && Number.isFinite(maxAnswers) ? 1 : maxAnswers;
    this.#name = name;
    this.#remainingMs = remainingMs;
  }

  /** Adds an answer; sends those that are together as many as one call takes. */
  async add(answer: A): Promise<readonly Undelivered<A>[]> {
    const bytes = Buffer.byteLength(answer.text);
    const before = this.#bytes + bytes > this.#output.maxBytes ? await this.send() : [];
    this.#waiting.push(answer);
    this.#bytes += bytes;
    return this.#waiting.length < this.#maxAnswers ? before : [...before, ...(await this.send())];
  }

  /** Sends all answers that wait. Never throws. */
  async send(): Promise<readonly Undelivered<A>[]> {
    let answers: readonly A[] = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    for (let tries = 1; answers.length > 0; tries++) {
      const { undelivered, mayPass } = await this.#try(answers);
      const pauseMs = FIRST_PAUSE_MS * 2 ** (tries - 1);
      if (undelivered.length === 0 || !mayPass || tries === TRIES || this.#remainingMs() < 10 * pauseMs) {
        return undelivered;
      }
      await sleep(pauseMs);
      answers = undelivered.map(({ answer }) => answer);
    }
    return [];
  }

  async #try(answers: readonly A[]): Promise<{ undelivered: readonly Undelivered<A>[]; mayPass: boolean }> {
    const call = { timeoutMs: this.#remainingMs(), name: this.#name };
    try {
      const refusals = await this.#output.send(answers, call);
      const undelivered = refusals.flatMap(({ index, info }) => {
        const answer = answers[index];
        return answer === undefined ? [] : [{ answer, info }];
      });
      return { undelivered, mayPass: true };
    } catch (thrown) {
      const info = toSeldonError(thrown).message;
      // What may have been carried out is not tried again here: its record comes again.
      const mayPass = thrown instanceof NotCarriedOut;
      return { undelivered: answers.map((answer) => ({ answer, info })), mayPass };
    }
  }
}
