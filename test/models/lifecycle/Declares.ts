import type { ModelCall, NdArray } from 'seldon-lambda';

/** Takes arrays only, and two parameters. */
export class Declares {
  static readonly accepts = ['data'];
  static readonly parameters = { threshold: 0.5, label: undefined };
  readonly parameters: unknown;

  constructor(parameters: unknown) {
    this.parameters = parameters;
  }

  predict(X: NdArray) {
    return {
      sum: X.asType('float64').data.reduce((sum, value) => sum + value, 0),
      parameters: this.parameters,
    };
  }

  aggregate(Xs: NdArray[]) {
    return { shapes: Xs.map(({ shape }) => shape) };
  }
}

/** Takes texts only, by an attribute of the model. */
export class Texts {
  readonly accepts = ['strData'];

  predict(X: string) {
    return X.toUpperCase();
  }

  predictRaw(message: { strData?: string }, _call: ModelCall) {
    return { strData: `raw ${Object.keys(message)}` };
  }
}

export class OnlyTexts {
  static readonly accepts = ['strData', 'jsonData'];

  predict(X: unknown) {
    return { got: X };
  }
}

export class WrongAccepts {
  static readonly accepts = ['ndarray'];

  predict() {
    return [];
  }
}

export class WrongParameters {
  static readonly parameters = ['threshold'];

  predict() {
    return [];
  }
}

/** Does not say that it takes arrays only. */
export class Silent {
  predict(X: NdArray) {
    return X.asType('float64');
  }

  transformInput(X: NdArray) {
    return [[X.shape[0]]];
  }
}

/** Its methods are never called. */
export class Slips {
  static readonly stateFul = ['predict'];

  Predict() {
    return [[1]];
  }

  transform_input() {
    return [[1]];
  }

  send_feedback() {
    return [[1]];
  }

  classnames = () => ['one'];

  agregate() {
    return [[1]];
  }
}

/** Nothing here is a slip. */
export class Helpers {
  static readonly version = 2;

  predict(X: NdArray) {
    return this.predicts(X);
  }

  predicts(X: NdArray) {
    return X;
  }

  predictRow() {}
  softmax() {}
  rows() {}
}
