import { fromData, type Model, NdArray, type Payload } from 'seldon-lambda';
import { describePayload } from './lib/describe-payload.ts';
import { badData, badParameter } from './lib/errors.ts';
import { readNumbers, refuseUnknown } from './lib/parameters.ts';

/** The parameters of {@link MeanCombiner}. */
export interface MeanCombinerParameters {
  /** STRING: one number >= 0 for each message, as `0.7,0.3`; only their ratio counts. Default: all equal. */
  readonly weights?: string;
}

/**
 * The mean of the answers of several models, element by element: an ensemble in one line of an inference
 * graph.
 *
 * - Expects one or more arrays of numbers, all of the same shape; any shape.
 * - Answers their (weighted) mean: the same shape, float64.
 * - No message, a message without an array, unequal shapes, or more or fewer messages than weights are
 *   answered 400 MICROSERVICE_BAD_DATA, with the number of the message (counted from 0).
 */
export class MeanCombiner implements Model {
  readonly weights: readonly number[] | undefined;

  /** @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the parameter and what was expected. */
  constructor(parameters: MeanCombinerParameters = {}) {
    refuseUnknown(parameters, ['weights']);
    this.weights = readNumbers(parameters, 'weights');
    const total = sumOf(this.weights ?? [1]);
    if (this.weights?.some((weight) => weight < 0) || !(total > 0 && total < Infinity)) {
      throw badParameter(
        `parameter weights is "${parameters.weights}"; expected numbers >= 0 with a finite sum above 0`,
      );
    }
  }

  aggregate(Xs: Payload[]): NdArray {
    const arrays = Xs.map(readArray);
    const weights = this.weights ?? arrays.map(() => 1);
    if (arrays.length === 0) {
      throw badData('there is no message to combine; expected at least one');
    }
    if (arrays.length !== weights.length) {
      throw badData(
        `${arrays.length} messages came; expected ${weights.length}, one for each of the weights ${weights}`,
      );
    }
    const [{ shape }] = arrays;
    const sums = new Float64Array(arrays[0].data.length);
    arrays.forEach((array, index) => {
      if (`${array.shape}` !== `${shape}`) {
        throw badData(
          `message ${index} has shape (${array.shape}); expected (${shape}), the shape of message 0`,
        );
      }
      for (let i = 0; i < sums.length; i++) {
        sums[i] += weights[index] * array.data[i];
      }
    });
    const total = sumOf(weights);
    return fromData(
      sums.map((sum) => sum / total),
      shape,
    );
  }
}

function readArray(X: Payload, index: number): NdArray<'float64'> {
  if (X instanceof NdArray) {
    return X.asType('float64');
  }
  throw badData(`message ${index} is ${describePayload(X)}; expected an array of numbers`);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
