import type { Tensor } from 'onnxruntime-node';
import { type NdArray, toHalf } from 'seldon-lambda';
import type { ServedType } from './onnx-signature.ts';
import { fromUtf8 } from './utf8.ts';

/** Makes the error for an element: its place in the array, and a description of what fits there. */
export type Refuse = (index: number, expected: string) => Error;

/** Least and largest integer of each type, and the array that holds them. */
const INTEGERS = {
  int8: [-(2n ** 7n), 2n ** 7n - 1n, Int8Array],
  uint8: [0n, 2n ** 8n - 1n, Uint8Array],
  int16: [-(2n ** 15n), 2n ** 15n - 1n, Int16Array],
  uint16: [0n, 2n ** 16n - 1n, Uint16Array],
  int32: [-(2n ** 31n), 2n ** 31n - 1n, Int32Array],
  uint32: [0n, 2n ** 32n - 1n, Uint32Array],
  int64: [-(2n ** 63n), 2n ** 63n - 1n, BigInt64Array],
  uint64: [0n, 2n ** 64n - 1n, BigUint64Array],
} as const satisfies Partial<Record<ServedType, unknown>>;

type IntegerType = keyof typeof INTEGERS;
type FloatType = 'float16' | 'float32' | 'float64';

/** Largest number of each type. */
const LARGEST: Readonly<Record<FloatType, number>> = {
  float16: 65_504,
  float32: (2 - 2 ** -23) * 2 ** 127,
  float64: Number.MAX_VALUE,
};

/** Text for numbers that JSON has no digits for, as this project writes and reads them. */
const WORDS = ['NaN', 'Infinity', '-Infinity'];

/**
 * The elements of an array as ONNX Runtime takes them: halves as their bits, booleans as bytes.
 *
 * Floats are rounded to the precision of the type, and booleans count as 1 and 0 there; nothing else changes.
 *
 * @throws the error that `refuse` makes for the first element that does not fit.
 */
export function toElements(array: NdArray, type: ServedType, refuse: Refuse): Tensor.DataType {
  switch (type) {
    case 'string':
      return array.toFlat().map((element, index) => readText(element, index, refuse));
    case 'bool':
      return Uint8Array.from(array.toFlat(), (element, index) => readBit(element, index, refuse));
    case 'float16':
      return Uint16Array.from(toFloats(array, type, refuse), toHalf);
    case 'float32':
      return Float32Array.from(toFloats(array, type, refuse));
    case 'float64':
      return toFloats(array, type, refuse);
    default:
      return toIntegers(array, type, refuse);
  }
}

function toFloats(array: NdArray, type: FloatType, refuse: Refuse): Float64Array {
  // A typed array is read as it is; a list of complex numbers has pairs, which are refused.
  const isPlain = array.dtype.startsWith('float');
  const elements = isPlain ? (array.data as Float64Array) : array.toFlat();
  const floats = new Float64Array(elements.length);
  const largest = LARGEST[type];
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index];
    const number = toNumber(element);
    if (number === undefined) {
      throw refuse(index, `a number (${type})`);
    }
    // It would become infinite.
    if (Math.abs(number) > largest && roundsUp(number, element, type)) {
      throw refuse(index, `a number from -${largest} to ${largest} (${type})`);
    }
    floats[index] = number;
  }
  return floats;
}

/** Whether a number beyond the largest of a type is not nearest to that, and was not infinite before. */
function roundsUp(number: number, element: unknown, type: FloatType): boolean {
  if (!Number.isFinite(number)) {
    return typeof element === 'bigint';
  }
  return type === 'float16' ? Math.abs(number) >= 65_520 : !Number.isFinite(Math.fround(number));
}

function toNumber(element: unknown): number | undefined {
  switch (typeof element) {
    case 'number':
      return element;
    case 'boolean':
    case 'bigint':
      return Number(element);
    case 'string':
      return WORDS.includes(element) ? Number(element) : undefined;
    default:
      return undefined;
  }
}

function toIntegers(array: NdArray, type: IntegerType, refuse: Refuse): Tensor.DataType {
  if (array.dtype === type) {
    return array.data as Tensor.DataType;
  }
  const [, , TypedArray] = INTEGERS[type];
  const elements = array.toFlat();
  const integers = new TypedArray(elements.length);
  for (let index = 0; index < elements.length; index++) {
    const integer = readInteger(elements[index], type);
    if (integer === undefined) {
      throw refuse(index, expectedInteger(elements[index], type));
    }
    integers[index] = type.endsWith('64') ? BigInt(integer) : Number(integer);
  }
  return integers;
}

/** Undefined for what is not an integer of the type, or may have been rounded to one. */
function readInteger(element: unknown, type: IntegerType): number | bigint | undefined {
  const [least, largest] = INTEGERS[type];
  if (typeof element === 'bigint') {
    return element >= least && element <= largest ? element : undefined;
  }
  const isInteger = typeof element === 'number' && Number.isSafeInteger(element);
  return isInteger && element >= Number(least) && element <= Number(largest) ? element : undefined;
}

function expectedInteger(element: unknown, type: IntegerType): string {
  const [least, largest] = INTEGERS[type];
  const isInexact =
    typeof element === 'number' && Number.isInteger(element) && element >= least && element <= largest;
  return isInexact
    ? `an integer with certain digits (${type}): those of a float beyond 9007199254740991 are rounded`
    : `an integer from ${least} to ${largest} (${type})`;
}

function readBit(element: unknown, index: number, refuse: Refuse): number {
  if (typeof element === 'boolean' || element === 0 || element === 1) {
    return Number(element);
  }
  if (element === 0n || element === 1n) {
    return Number(element);
  }
  throw refuse(index, 'true or false');
}

/**
 * Whether an element is one of the words that are read as numbers, where a whole request consists of such.
 */
function isWord(element: unknown): boolean {
  return typeof element === 'number' && !Number.isFinite(element);
}

function readText(element: unknown, index: number, refuse: Refuse): string {
  const text = element instanceof Uint8Array ? fromUtf8(element) : isWord(element) ? `${element}` : element;
  if (typeof text !== 'string') {
    throw refuse(index, 'a text');
  }
  // ONNX Runtime's texts for Node end at NUL, and get U+FFFD for half a pair: both without an error.
  if (text.includes('\0')) {
    throw refuse(index, 'a text without the character NUL, which would cut it off');
  }
  if (/\p{Surrogate}/u.test(text)) {
    throw refuse(index, 'a text without half a surrogate pair, which is not a character');
  }
  return text;
}
