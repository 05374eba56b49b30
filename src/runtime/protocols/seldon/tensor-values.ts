import type { DType } from '../../arrays/dtype.ts';
import { fromBfloat16, fromHalf } from '../../arrays/half.ts';
import type { TensorType } from '../../arrays/tensor-types.ts';
import { fromBase64 } from '../../base64.ts';
import { badData } from '../../errors.ts';
import { show } from '../../show.ts';

/** The element that fills a list without values; default: 0. */
export const ZERO_OF: { readonly [K in DType]?: unknown } = { bool: false, object: '' };

/**
 * Reads an element of a typed list.
 *
 * @param path - of the element in the request, for the error.
 * @throws SeldonError MICROSERVICE_BAD_DATA when it is not of the type.
 */
export function readValue(value: unknown, { dtype }: TensorType, path: string): unknown {
  switch (dtype) {
    case 'bool':
      if (typeof value === 'boolean') {
        return value;
      }
      throw badData(`${path}: expected true or false, got ${show(value)}`);
    case 'object': {
      const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
      if (bytes === undefined) {
        throw badData(`${path}: expected base64 text`);
      }
      return bytes;
    }
    case 'float16':
      return fromHalf(Number(readInteger(value, 'uint16', path)));
    case 'bfloat16':
      return fromBfloat16(Number(readInteger(value, 'uint16', path)));
    default:
      return dtype in RANGES ? readInteger(value, dtype, path) : readFloat(value, dtype, path);
  }
}

/** Smallest and largest value of each integer dtype. */
const RANGES: { readonly [K in DType]?: readonly [bigint, bigint] } = {
  int8: [-128n, 127n],
  uint8: [0n, 255n],
  int16: [-32_768n, 32_767n],
  uint16: [0n, 65_535n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

function readInteger(value: unknown, dtype: DType, path: string): number | bigint {
  const integer = toInteger(value);
  const [least, most] = RANGES[dtype] ?? [0n, 0n];
  if (integer === undefined || integer < least || integer > most) {
    throw badData(`${path}: expected an integer from ${least} to ${most}, got ${show(value)}`);
  }
  return dtype.endsWith('64') ? integer : Number(integer);
}

/** Reads an integer in protobuf's JSON mapping: a number or text; undefined for any other value. */
export function toInteger(value: unknown): bigint | undefined {
  if (typeof value === 'string') {
    return /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
  }
  if (typeof value === 'bigint') {
    return value;
  }
  return Number.isInteger(value) ? BigInt(value as number) : undefined;
}

/** Reads a number in protobuf's JSON mapping: a number, its text, or the word for NaN or an infinity. */
function readFloat(value: unknown, dtype: DType, path: string): number {
  const isText = typeof value === 'string' && FLOAT_TEXT.test(value);
  if (typeof value !== 'number' && typeof value !== 'bigint' && !isText) {
    throw badData(`${path}: expected a number, got ${show(value)}`);
  }
  const number = Number(value);
  const isSingle = dtype === 'float32' || dtype === 'complex64';
  if (isSingle && Number.isFinite(number) && !Number.isFinite(Math.fround(number))) {
    throw badData(`${path}: expected a number that float32 can hold, got ${show(value)}`);
  }
  return number;
}

const FLOAT_TEXT = /^(-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|NaN|-?Infinity)$/;
