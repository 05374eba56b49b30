/**
 * The imports of a model class: `import { NdArray, SeldonResponse, counter, type Meta } from
 * 'seldon-lambda'`.
 *
 * @example
 * import { type NdArray, SeldonResponse, counter } from 'seldon-lambda';
 *
 * export class RowSums {
 *   predict(X: NdArray) {
 *     const { data, shape } = X.asType('float64');
 *     const [rows, columns] = shape;
 *     const sums = Array.from({ length: rows }, (_, row) => [
 *       data.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value, 0),
 *     ]);
 *     return new SeldonResponse(sums, { metrics: [counter('rows', rows)] });
 *   }
 *   classNames() {
 *     return ['sum'];
 *   }
 * }
 * @module
 */

export type { DType } from './runtime/arrays/dtype.ts';
export { fromNested } from './runtime/arrays/from-nested.ts';
export { fromHalf, toHalf } from './runtime/arrays/half.ts';
export { fromData, isType, NdArray, zeros } from './runtime/arrays/ndarray.ts';
export { type Reason, SeldonError, SeldonNotImplementedError } from './runtime/errors.ts';
export type {
  Feedback,
  Meta,
  Metric,
  SeldonMessage,
  SeldonMessageList,
  Status,
} from './runtime/model/message.ts';
export type { Metadata, MetadataInput } from './runtime/model/metadata.ts';
export { counter, gauge, timer } from './runtime/model/metric.ts';
export type { ErrorAnswer, Json, Model, NamedInputs, Payload, Returned } from './runtime/model/model.ts';
export type { ModelCall } from './runtime/model/model-call.ts';
export { modelFile, modelFolder } from './runtime/model/model-file.ts';
export { SeldonResponse, type SeldonResponseOptions } from './runtime/model/seldon-response.ts';
