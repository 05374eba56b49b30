import { Learner } from './Learner.ts';

/** Answers the number of its predictions to any bytes. */
export class RawLearner extends Learner {
  predictRaw(): string {
    return `${++this.predictions}`;
  }
}
