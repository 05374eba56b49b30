import type { NdArray, Payload } from 'seldon-lambda';

/** Routes to the branch with the greater sum of rewards. */
export class Bandit {
  r0 = 0;
  r1 = 0;

  route(_X: Payload, _names: string[]) {
    return this.r0 >= this.r1 ? 0 : 1;
  }

  sendFeedback(_features: NdArray, _names: string[], reward: number, _truth: NdArray, routing?: number) {
    if (routing === 0) {
      this.r0 += reward;
    } else if (routing === 1) {
      this.r1 += reward;
    } else if (routing !== undefined) {
      throw new RangeError(`there is no branch ${routing}`);
    }
    return null;
  }

  tags() {
    return { r0: this.r0, r1: this.r1 };
  }
}
