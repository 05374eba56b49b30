import type { NdArray } from 'seldon-lambda';

/** Learns from predictions and from feedback; `route` answers the sum of all rewards. */
export class Learner {
  static stateful = ['predict', 'sendFeedback'];
  predictions = 0;
  rewards = 0;

  route(): number {
    return this.rewards;
  }

  predict(): number[] {
    return [++this.predictions];
  }

  sendFeedback(_features: NdArray, _names: string[], reward: number): number[] {
    this.rewards += reward;
    return [this.rewards];
  }

  getState() {
    return { predictions: this.predictions, rewards: this.rewards };
  }

  setState({ predictions, rewards }: { predictions: number; rewards: number }) {
    this.predictions = predictions;
    this.rewards = rewards;
  }
}
