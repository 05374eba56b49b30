import { counter, gauge } from 'seldon-lambda';

/** Describes its answers by attributes. */
export class Listed {
  readonly metrics = [counter('listed'), gauge('fixed', 7)];
  readonly tags = { from: 'an attribute' };

  predict() {
    return 'answer';
  }
}

/** Has attributes of its own that happen to be called like this. */
export class Own {
  readonly metrics = new Map([['accuracy', 0.5]]);

  predict() {
    return 'answer';
  }
}
