import { isComplex, isNumeric } from '../../../arrays/dtype.ts';
import type { Growth } from '../../../arrays/growth.ts';
import { fromNumbers, fromRead, NdArray } from '../../../arrays/ndarray.ts';
import { checkShape, sizeOf } from '../../../arrays/shape.ts';
import { badData } from '../../../errors.ts';
import { toJsonNumbers } from '../../../json/write-json.ts';
import { isRecord } from '../../../objects.ts';
import { show } from '../../../show.ts';
import { arrayText } from './array-text.ts';
import type { Codec } from './codec.ts';

/** `data.tensor`: `{shape, values}`, values row-major; NaN and infinities also as protobuf's strings. */
export const tensor = {
  kind: 'tensor',
  decode: readTensor,
  encode(payload) {
    if (!(payload instanceof NdArray) || !isNumeric(payload.dtype) || isComplex(payload.dtype)) {
      return undefined;
    }
    const { shape } = payload;
    const text = arrayText(payload, [sizeOf(shape)]);
    return text === undefined
      ? { value: { shape, values: toJsonNumbers(payload.toFlat()) } }
      : { text: `{"shape":${JSON.stringify(shape)},"values":${text}}` };
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
  return values instanceof NdArray
    ? fromRead(values.data as Float64Array, shape, 'flat')
    : fromNumbers(readNumbers(values), shape);
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

function readNumbers(values: readonly unknown[]): readonly number[] {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== 'number') {
      return values.map(readNumber);
    }
  }
  return values as number[];
}

function readNumber(value: unknown, index: number): number {
  if (typeof value === 'number') {
    return value;
  }
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') {
    return Number(value);
  }
  throw badData(`data.tensor.values[${index}]: expected a number, got ${show(value)}`);
}
