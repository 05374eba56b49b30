import { fromData, type Model, type NdArray, type Payload } from 'seldon-lambda';
import { badParameter } from './lib/errors.ts';
import { featureRows } from './lib/feature-rows.ts';
import { readNumbers, refuseUnknown } from './lib/parameters.ts';

/** For the iris data set, in cm: sepal length, sepal width, petal length, petal width. */
const IRIS = {
  mean: [5.8433333, 3.0573333, 3.758, 1.1993333],
  scale: [0.82530129, 0.43441097, 1.75940407, 0.75969263],
};

/** The parameters of {@link StandardScaler}: both of them, or neither for the iris data set. */
export interface StandardScalerParameters {
  /** STRING: the mean of each column, as `5.84,3.06,3.76,1.2`. */
  readonly mean?: string;
  /** STRING: the standard deviation of each column, above 0, as `0.83,0.43,1.76,0.76`. */
  readonly scale?: string;
}

/**
 * Scales every column to mean 0 and standard deviation 1, and back.
 *
 * - As input transformer: `(x - mean) / scale`, column by column.
 * - As output transformer: `x * scale + mean`, the inverse.
 * - Expects an array of shape `[rows, n]`, where n is the number of means, and answers float64 of the same
 *   shape. Anything else is answered 400 MICROSERVICE_BAD_DATA, with a description of the input.
 */
export class StandardScaler implements Model {
  readonly mean: readonly number[];
  readonly scale: readonly number[];

  /** @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the parameter and what was expected. */
  constructor(parameters: StandardScalerParameters = {}) {
    refuseUnknown(parameters, ['mean', 'scale']);
    const mean = readNumbers(parameters, 'mean');
    const scale = readNumbers(parameters, 'scale');
    // The user's mean with the scale of iris, or the reverse, would give wrong numbers that look right.
    if (mean?.length !== scale?.length) {
      throw badParameter(
        `parameter mean has ${mean?.length ?? 'no'} numbers and parameter scale has ` +
          `${scale?.length ?? 'no'}; expected as many of each`,
      );
    }
    if (scale?.some((deviation) => deviation <= 0)) {
      throw badParameter(`parameter scale is "${parameters.scale}"; expected numbers above 0`);
    }
    this.mean = mean ?? IRIS.mean;
    this.scale = scale ?? IRIS.scale;
  }

  transformInput(X: Payload): NdArray {
    return this.#eachColumn(X, (value, mean, scale) => (value - mean) / scale);
  }

  transformOutput(X: Payload): NdArray {
    return this.#eachColumn(X, (value, mean, scale) => value * scale + mean);
  }

  #eachColumn(X: Payload, change: (value: number, mean: number, scale: number) => number): NdArray {
    const columns = this.mean.length;
    const { data, shape } = featureRows(X, columns);
    return fromData(
      data.map((value, index) => change(value, this.mean[index % columns], this.scale[index % columns])),
      shape,
    );
  }
}
