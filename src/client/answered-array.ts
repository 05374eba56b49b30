import { fromNested } from '../runtime/arrays/from-nested.ts';
import { fromData, type NdArray } from '../runtime/arrays/ndarray.ts';
import { nest } from '../runtime/arrays/nested-lists.ts';
import { isNumberWord } from '../runtime/arrays/number-word.ts';
import type { DefaultData } from '../runtime/model/message.ts';
import { isRecord } from '../runtime/objects.ts';
import { readTensorProto } from './tensor-proto.ts';

/**
 * The array of a message's `data`. Numbers are `float64`, but integers are `int64` or `uint64` if a float64
 * does not hold all digits of one. A `tftensor` keeps its dtype.
 *
 * @throws Error when it is malformed.
 */
export function readAnswered({ tensor, ndarray, tftensor }: DefaultData): NdArray {
  if (tensor != null) {
    return readTensor(tensor);
  }
  if (ndarray !== undefined || tftensor == null) {
    return readNested(ndarray ?? []);
  }
  return readTensorProto(tftensor);
}

function readTensor(tensor: unknown): NdArray {
  const { shape, values = [] } = isRecord(tensor) ? tensor : {};
  const numbers = Array.isArray(values) ? toNumbers(values) : undefined;
  if (!Array.isArray(shape) || numbers === undefined) {
    throw new Error('data.tensor: expected {shape, values} with a list of lengths and a list of numbers');
  }
  return fromData(numbers, shape);
}

function readNested(ndarray: unknown): NdArray {
  const array = fromNested(ndarray, 'objects');
  // Text alone stays text.
  if (['float64', 'bool', 'string'].includes(array.dtype)) {
    return array;
  }
  const numbers = toNumbers(array.toFlat());
  return numbers === undefined ? array : fromNested(nest(numbers, array.shape), 'objects');
}

/**
 * Numbers of which some may be words, or bigints that a float64 holds with all digits; undefined when there
 * is anything else.
 */
function toNumbers(values: readonly unknown[]): unknown[] | undefined {
  if (
    !values.every((value) => typeof value === 'number' || typeof value === 'bigint' || isNumberWord(value))
  ) {
    return undefined;
  }
  const isExact = values.every((value) => typeof value !== 'bigint' || `${Number(value)}` === `${value}`);
  return values.map((value) => (typeof value === 'bigint' && !isExact ? value : Number(value)));
}
