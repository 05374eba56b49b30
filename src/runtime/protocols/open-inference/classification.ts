import { doublesOf } from '../../arrays/int64.ts';
import { shortDoubles } from '../../arrays/short-float32.ts';
import { badData } from '../../errors.ts';
import { show } from '../../show.ts';
import type { AnswerTensor } from '../tensors/answer-tensor.ts';

/**
 * The highest values of each row of a tensor, in the place of the tensor: BYTES of `value:index`, or
 * `value:index:label`, of shape `[rows, count]`; of a tensor with one axis, `[count]`. The highest comes
 * first.
 *
 * @param labels - the names of the columns; used if there is one for each.
 * @throws SeldonError MICROSERVICE_BAD_DATA for a tensor that has no numbers.
 * @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_classification.md
 */
export function classify(tensor: AnswerTensor, count: number, labels: unknown): AnswerTensor {
  const { name, shape, datatype } = tensor;
  if (datatype === 'BYTES' || datatype === 'BOOL') {
    throw badData(`outputs: expected numbers for the classification of ${show(name)}, got ${datatype}`);
  }
  const values = numbersOf(tensor);
  const rows = shape.length < 2 ? 1 : (shape[0] as number);
  const columns = rows === 0 ? 0 : values.length / rows;
  const named = Array.isArray(labels) && labels.length === columns ? labels : undefined;
  const kept = Math.min(count, columns);
  const data: string[] = [];
  for (let row = 0; row < rows && kept > 0; row++) {
    for (const column of highest(values, row * columns, columns).slice(0, kept)) {
      const label = named === undefined ? '' : `:${named[column]}`;
      data.push(`${values[row * columns + column]}:${column}${label}`);
    }
  }
  return { name, datatype: 'BYTES', shape: shape.length < 2 ? [kept] : [rows, kept], data };
}

/** The columns of a row by value, the highest first; equal ones in order, and NaN at the end. */
function highest(values: ArrayLike<number | bigint>, start: number, columns: number): number[] {
  const rankOf = (column: number) => {
    const value = values[start + column] as number | bigint;
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  return Array.from({ length: columns }, (_, column) => column).sort((a, b) => {
    const [first, second] = [rankOf(a), rankOf(b)];
    return first > second ? -1 : first < second ? 1 : a - b;
  });
}

function numbersOf({ data }: AnswerTensor): ArrayLike<number | bigint> {
  if (data instanceof Float32Array) {
    return shortDoubles(data);
  }
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? (doublesOf(data) ?? data)
    : (data as Float64Array);
}
