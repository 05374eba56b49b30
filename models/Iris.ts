import { fromData, type MetadataInput, type Model, type NdArray, type Payload } from 'seldon-lambda';
import weights from './iris-logistic.json' with { type: 'json' };
import { badData } from './lib/errors.ts';
import { featureRows } from './lib/feature-rows.ts';

const { coef, intercept, feature_names: FEATURES, class_names: CLASSES } = weights;
const VERSION = '1.0.0';

/**
 * Recognizes the species of an iris: a multinomial logistic regression on four measurements in cm.
 *
 * - Expects an array of shape `[rows, 4]`: sepal length, sepal width, petal length, petal width.
 * - Answers the probabilities `softmax(X · coefᵀ + intercept)`, shape `[rows, 3]`: setosa, versicolor,
 *   virginica; each row sums to 1.
 * - Anything else is answered 400 MICROSERVICE_BAD_DATA, with a description of the input.
 *
 * It has no parameters: the weights are in `iris-logistic.json`.
 *
 * @example
 * POST /predict {"data": {"ndarray": [[5.1, 3.5, 1.4, 0.2]]}}
 * // {"data": {"names": ["setosa", "versicolor", "virginica"],
 * //  "ndarray": [[0.9755..., 0.0244..., 2.28...e-7]]}, "meta": ...}
 */
export class Iris implements Model {
  predict(X: Payload): NdArray {
    const { data, shape } = featureRows(X, FEATURES.length);
    const [rows, columns] = shape;
    const probabilities = new Float64Array(rows * CLASSES.length);
    for (let row = 0; row < rows; row++) {
      const features = data.subarray(row * columns, (row + 1) * columns);
      const scores = coef.map((factors, index) => intercept[index] + dot(factors, features));
      probabilities.set(softmax(scores, row), row * CLASSES.length);
    }
    return fromData(probabilities, [rows, CLASSES.length]);
  }

  classNames(): string[] {
    return CLASSES;
  }

  tags() {
    return { model: 'iris', version: VERSION };
  }

  initMetadata(): MetadataInput {
    return {
      name: 'iris',
      versions: [VERSION],
      platform: 'seldon-lambda',
      inputs: [{ messagetype: 'ndarray', schema: { names: FEATURES, shape: [FEATURES.length] } }],
      outputs: [{ messagetype: 'ndarray', schema: { names: CLASSES, shape: [CLASSES.length] } }],
      custom: { algorithm: 'multinomial logistic regression', dataset: 'iris', unit: 'cm' },
    };
  }
}

function dot(factors: readonly number[], features: Float64Array): number {
  return factors.reduce((sum, factor, index) => sum + factor * features[index], 0);
}

/** The largest score is subtracted from all scores first, because exp() of a large number is Infinity. */
function softmax(scores: readonly number[], row: number): number[] {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  if (Number.isNaN(sum)) {
    throw badData(`row ${row} has a NaN or a number too large; expected lengths in cm`);
  }
  return powers.map((power) => power / sum);
}
