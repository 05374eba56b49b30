import { kinds } from './kinds.ts';

/** Answers feedback with the kind of value that its parameter names. */
export class FeedbackZoo {
  readonly kind: string;

  constructor({ kind = 'none' }: { kind?: string } = {}) {
    this.kind = kind;
  }

  sendFeedback() {
    return kinds[this.kind]();
  }
}
