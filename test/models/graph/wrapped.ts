import { fromNested, type Meta, type NdArray, type Payload } from '../../../src/index.ts';

class ModelOne {
  predict = () => ['model-1'];
  tags = () => ({ common: 1, 'model-1': 'yes' });
  metrics = () => [{ type: 'COUNTER', key: 'one', value: 1 }];
}

class ModelTwo {
  predict = () => ['model-2'];
  tags = () => ({ common: 2, 'model-2': 'yes' });
  metrics = () => [{ type: 'GAUGE', key: 'two', value: 2 }];
}

/** Answers all messages, as rows. */
class Joiner {
  aggregate = (features: readonly Payload[]) =>
    fromNested(features.map((each) => (each as NdArray).toNested()));
  tags = () => ({ combiner: 'yes' });
}

class Chooser {
  static parameters = { branch: 0 };
  readonly #branch: number;

  constructor({ branch }: { branch: number }) {
    this.#branch = branch;
  }

  route = () => this.#branch;
  sendFeedback = (_X: unknown, _names: unknown, _reward: unknown, _truth: unknown, routing?: number) => ({
    got: routing,
  });
  tags = () => ({ chooser: 'tag' });
}

/** Doubles numbers on their way in, and tells the names and the shape on their way out. */
class Doubler {
  classNames = () => ['p', 'q'];
  transformInput = (X: NdArray) =>
    fromNested((X.toNested() as number[][]).map((row) => row.map((x) => 2 * x)));
  transformOutput = (X: NdArray, names: string[]) => [[names.join('+'), 'of', X.shape.join('x')]];
}

class SumModel {
  classNames = () => ['sum', 'n'];
  predict = (X: NdArray, _names: string[], _meta?: Meta) => {
    const row = X.asType('float64').data;
    return [[row.reduce((sum, x) => sum + x, 0), row.length]];
  };
}

class Failing {
  predict() {
    throw new Error('no <weights>');
  }
}

/** The models that the executor's calls were recorded with. */
export const WRAPPED = { ModelOne, ModelTwo, Joiner, Chooser, Doubler, SumModel, Failing };
