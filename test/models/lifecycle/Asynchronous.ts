import { counter, type NdArray, type Payload, SeldonNotImplementedError } from 'seldon-lambda';

/** A class whose methods are all async. */
export class Asynchronous {
  #isLoaded = false;

  async load() {
    await Promise.resolve();
    this.#isLoaded = true;
  }

  async predict(X: Payload) {
    await Promise.resolve();
    if (!this.#isLoaded) {
      throw new Error('predict came before load was done');
    }
    return X;
  }

  async transformInput() {
    throw new SeldonNotImplementedError('not yet');
  }

  async route() {
    return 2;
  }

  async aggregate(Xs: Payload[]) {
    return Xs[0];
  }

  async sendFeedback(_features: NdArray, _names: string[], reward: number) {
    return [reward];
  }

  async healthStatus() {
    return 'well';
  }

  async initMetadata() {
    return { name: 'asynchronous' };
  }

  async classNames() {
    return ['a', 'b'];
  }

  async tags() {
    return { is: 'async' };
  }

  async metrics() {
    return [counter('calls', 1)];
  }
}
