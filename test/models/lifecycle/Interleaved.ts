import { counter, type Meta, type NdArray, type Payload, SeldonResponse } from 'seldon-lambda';

/** Says whose call it is in every part of an answer, once the test opens the barrier. */
export class Interleaved {
  rewards: Record<string, number> = {};

  async predict(_X: Payload, _names: string[], meta?: Meta) {
    const { puid, whose } = { puid: String(meta?.puid), whose: String(meta?.tags?.whose) };
    await Reflect.get(globalThis, 'barrier')();
    return new SeldonResponse(
      { puid, whose },
      { tags: { answered: whose }, metrics: [counter('answered', 1, { whose })] },
    );
  }

  async sendFeedback(_features: NdArray, names: string[], reward: number) {
    await Promise.resolve();
    const [name = ''] = names;
    this.rewards[name] = (this.rewards[name] ?? 0) + reward;
    return [Object.keys(this.rewards).length];
  }

  route() {
    return Object.keys(this.rewards).length;
  }

  getState() {
    return this.rewards;
  }

  setState(rewards: Record<string, number>) {
    this.rewards = { ...rewards };
  }
}
