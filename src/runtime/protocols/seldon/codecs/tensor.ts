import { isComplex, isNumeric, isScalarNumber } from '../../../arrays/dtype.ts';
import type { Growth } from '../../../arrays/growth.ts';
import { fromData, fromNumbers, fromRead, NdArray } from '../../../arrays/ndarray.ts';
import { isNumberWord } from '../../../arrays/number-word.ts';
import { checkShape, sizeOf } from '../../../arrays/shape.ts';
import { badData } from '../../../errors.ts';
import { toJsonNumbers } from '../../../json/write-json.ts';
import { isRecord } from '../../../objects.ts';
import { show } from '../../../show.ts';
import { encodeArray } from './array-text.ts';
import type { Codec } from './codec.ts';

/** `data.tensor`: `{shape, values}`, values row-major; NaN and infinities also as protobuf's strings. */
export const tensor = {
  kind: 'tensor',
  decode: readTensor,
  encode(payload) {
    if (!(payload instanceof NdArray) || !holdsNumbers(payload)) {
      return undefined;
    }
    const { shape } = payload;
    return encodeArray(payload, {
      shape: [sizeOf(shape)],
      around: [`{"shape":${JSON.stringify(shape)},"values":`, '}'],
      toValue: () => ({ shape, values: toJsonNumbers(payload.toFlat()) }),
    });
  },
} satisfies Codec;

function readTensor(json: unknown, growth: Growth): NdArray {
  if (!isRecord(json)) {
    throw badData('data.tensor: expected an object {shape, values}');
  }
  const shape: unknown = json.shape;
  if (!Array.isArray(shape)) {
    throw badData('data.tensor.shape: expected a list of axis lengths');
  }
  checkShape(shape, 'data.tensor.shape', growth);
  // Protobuf leaves out a list without elements.
  const values = listOf(json.values ?? (sizeOf(shape) === 0 ? [] : undefined));
  if (values === undefined) {
    throw badData('data.tensor.values: expected a list of numbers');
  }
  const length = values instanceof NdArray ? sizeOf(values.shape) : values.length;
  if (sizeOf(shape) !== length) {
    throw badData(`data.tensor: cannot reshape array of size ${length} into shape (${shape})`);
  }
  if (values instanceof NdArray) {
    return fromRead(values.data as Float64Array, shape, 'flat');
  }
  const numbers = readNumbers(values);
  return areDoubles(numbers) ? fromNumbers(numbers, shape) : fromData(numbers as unknown[], shape);
}

/**
 * Whether an array holds real numbers only; its dtype is `object` if they are integers and floats that no
 * numeric dtype holds without a change.
 */
function holdsNumbers(array: NdArray): boolean {
  return array.dtype === 'object'
    ? array.toFlat().every(isScalarNumber)
    : isNumeric(array.dtype) && !isComplex(array.dtype);
}

/**
 * Gives `values` as an array, if they were read as one, or as a list. An array with several axes becomes
 * nested lists, which `readNumber` refuses.
 */
function listOf(values: unknown): NdArray | readonly unknown[] | undefined {
  if (values instanceof NdArray) {
    return values.shape.length === 1 ? values : (values.toNested() as unknown[]);
  }
  return Array.isArray(values) ? values : undefined;
}

/** Gives the very list if it holds nothing but numbers. */
function readNumbers(values: readonly unknown[]): readonly (number | bigint)[] {
  return areDoubles(values) ? values : values.map(readNumber);
}

function areDoubles(values: readonly unknown[]): values is readonly number[] {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== 'number') {
      return false;
    }
  }
  return true;
}

function readNumber(value: unknown, index: number): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  if (isNumberWord(value)) {
    return Number(value);
  }
  throw badData(`data.tensor.values[${index}]: expected a number, got ${show(value)}`);
}
