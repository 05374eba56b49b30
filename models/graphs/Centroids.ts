import { fromData, type MetadataInput, type Model, type NdArray, type Payload } from 'seldon-lambda';
import { badParameter } from '../lib/errors.ts';
import { featureRows } from '../lib/feature-rows.ts';
import { readNumbers, refuseUnknown } from '../lib/parameters.ts';

const FEATURES = ['sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)'];
const CLASSES = ['setosa', 'versicolor', 'virginica'];

/** The means of the four measurements of each species in the iris data set, in cm. */
const CENTROIDS = [
  [5.006, 3.428, 1.462, 0.246],
  [5.936, 2.77, 4.26, 1.326],
  [6.588, 2.974, 5.552, 2.026],
];
/** Means and standard deviations of the whole data set, as StandardScaler has them. */
const MEAN = [5.8433333, 3.0573333, 3.758, 1.1993333];
const SCALE = [0.82530129, 0.43441097, 1.75940407, 0.75969263];

/** The parameters of {@link Centroids}. */
export interface CentroidsParameters {
  /** STRING: the columns that count, from 0, as `2,3`. Default: all four. */
  readonly columns?: string;
  /** BOOL, default false: whether the measurements come scaled, as StandardScaler scales them. */
  readonly scaled?: boolean;
}

/**
 * Recognizes the species of an iris by the nearest mean: a simple rival of the regression in Iris.ts.
 *
 * - Expects an array of shape `[rows, 4]`: sepal length, sepal width, petal length, petal width.
 * - Answers probabilities, shape `[rows, 3]`: the softmax of minus the squared distances to the means of the
 *   species, in standard deviations. Each row sums to 1.
 */
export class Centroids implements Model {
  readonly columns: readonly number[];
  readonly isScaled: boolean;

  /** @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the parameter and what was expected. */
  constructor(parameters: CentroidsParameters = {}) {
    refuseUnknown(parameters, ['columns', 'scaled']);
    this.columns = readNumbers(parameters, 'columns') ?? [0, 1, 2, 3];
    if (this.columns.length === 0 || this.columns.some((column) => !(column in FEATURES))) {
      throw badParameter(`parameter columns is "${parameters.columns}"; expected some of 0, 1, 2, 3`);
    }
    this.isScaled = parameters.scaled ?? false;
  }

  predict(X: Payload): NdArray {
    const { data, shape } = featureRows(X, FEATURES.length);
    const [rows, columns] = shape;
    const probabilities = new Float64Array(rows * CLASSES.length);
    for (let row = 0; row < rows; row++) {
      const features = data.subarray(row * columns, (row + 1) * columns);
      const closeness = CENTROIDS.map((centroid) => Math.exp(-this.#squaredDistance(features, centroid)));
      const sum = closeness.reduce((total, each) => total + each, 0);
      // Far away from all of them, no species is more likely than another.
      const known = closeness.map((each) => (sum > 0 ? each / sum : 1 / CLASSES.length));
      probabilities.set(known, row * CLASSES.length);
    }
    return fromData(probabilities, [rows, CLASSES.length]);
  }

  #squaredDistance(features: Float64Array, centroid: readonly number[]): number {
    return this.columns.reduce((sum, column) => {
      const mean = (centroid[column] - MEAN[column]) / SCALE[column];
      const value = this.isScaled ? features[column] : (features[column] - MEAN[column]) / SCALE[column];
      return sum + (value - mean) ** 2;
    }, 0);
  }

  classNames(): string[] {
    return CLASSES;
  }

  initMetadata(): MetadataInput {
    return {
      name: 'centroids',
      versions: ['1.0.0'],
      platform: 'seldon-lambda',
      inputs: [{ messagetype: 'ndarray', schema: { names: FEATURES, shape: [FEATURES.length] } }],
      outputs: [{ messagetype: 'ndarray', schema: { names: CLASSES, shape: [CLASSES.length] } }],
      custom: { algorithm: 'nearest mean', dataset: 'iris' },
    };
  }
}
