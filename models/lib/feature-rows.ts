import { NdArray, type Payload } from 'seldon-lambda';
import { describePayload } from './describe-payload.ts';
import { badData } from './errors.ts';

/**
 * `X` as numbers, shape `[rows, columns]`.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when `X` is not an array of two axes, has another number of
 *   columns, or has elements that are not numbers.
 */
export function featureRows(X: Payload, columns: number): NdArray<'float64'> {
  if (!(X instanceof NdArray) || X.shape.length !== 2 || X.shape[1] !== columns) {
    throw badData(
      `the features are ${describePayload(X)}; expected an array of numbers of shape (rows,${columns})`,
    );
  }
  return X.asType('float64');
}
