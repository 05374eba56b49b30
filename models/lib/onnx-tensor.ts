import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { fromData, fromNested, NdArray } from 'seldon-lambda';
import { badData, badParameter } from './errors.ts';

/** Type and shape of a graph's input or output; a length of `shape` that varies is a name. */
export type Signature = Extract<InferenceSession.ValueMetadata, { readonly isTensor: true }>;

/** Smallest and largest integer of a type that numbers hold exactly. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};
const FLOATS = ['float32', 'float64'] as const;

/**
 * The signatures of a graph's inputs or outputs.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER for sequences and maps, and for elements that JSON cannot
 *   express.
 */
export function signaturesOf(values: readonly InferenceSession.ValueMetadata[]): readonly Signature[] {
  return values.map((value) => {
    const { name } = value;
    if (!value.isTensor) {
      throw badParameter(`${name} of the ONNX graph is a sequence or a map; expected a tensor`);
    }
    const { type } = value;
    if (isFloat(type) || type in RANGES || type === 'bool' || type === 'string') {
      return value;
    }
    throw badParameter(`${name} of the ONNX graph has elements of type ${type}, which cannot be served`);
  });
}

/**
 * An array, or nested lists, as the tensor that an input expects. Floats may be rounded to its precision;
 * nothing else changes.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the input, what came and what was expected.
 */
export function toTensor(value: unknown, { name, type, shape }: Signature): Tensor {
  const array = value instanceof NdArray ? value : fromNested(value);
  const fits =
    array.shape.length === shape.length &&
    shape.every((length, axis) => typeof length === 'string' || length < 0 || length === array.shape[axis]);
  if (!fits || array.shape.some((length) => length === undefined)) {
    throw badData(`input ${name} has shape (${array.shape.join(',')}); expected (${shape.join(',')})`);
  }
  const elements = array.toFlat();
  if (elements.length !== array.shape.reduce((size, length) => size * length, 1)) {
    throw badData(`input ${name} has rows of unequal length; expected shape (${shape.join(',')})`);
  }
  if (isFloat(type)) {
    return new Tensor(type, array.asType(type).data, array.shape);
  }
  const refuse = (element: unknown, index: number) =>
    badData(`element ${index} of input ${name} is ${JSON.stringify(element)}; expected ${describe(type)}`);
  if (type === 'string') {
    return new Tensor(
      type,
      elements.map((each, index) => text(each, () => refuse(each, index))),
      array.shape,
    );
  }
  if (type === 'bool') {
    const bits = elements.map((each, index) => bit(each, () => refuse(each, index)));
    return new Tensor(type, Uint8Array.from(bits), array.shape);
  }
  const integers = elements.map((each, index) => integer(each, type, () => refuse(each, index)));
  return toIntegers(type, integers, array.shape);
}

/** A tensor that a graph answered; integers of 64 bits become numbers. */
export function toArray({ type, data, dims }: Tensor): NdArray {
  if (type === 'bool') {
    return fromData(Array.from(data as Uint8Array, Boolean), dims);
  }
  if (type === 'string') {
    return fromData(data as string[], dims);
  }
  if (type === 'int64' || type === 'uint64') {
    return fromData(Float64Array.from(data as BigInt64Array, Number), dims);
  }
  return fromData(data as Float32Array, dims);
}

function toIntegers(type: string, integers: readonly number[], shape: readonly number[]): Tensor {
  if (type === 'int64') {
    return new Tensor(type, BigInt64Array.from(integers, BigInt), shape);
  }
  if (type === 'uint64') {
    return new Tensor(type, BigUint64Array.from(integers, BigInt), shape);
  }
  return new Tensor(type as 'int32', integers, shape);
}

function isFloat(type: string): type is (typeof FLOATS)[number] {
  return FLOATS.some((float) => float === type);
}

function text(element: unknown, refuse: () => Error): string {
  if (typeof element === 'string') {
    return element;
  }
  throw refuse();
}

function bit(element: unknown, refuse: () => Error): number {
  if (typeof element === 'boolean' || element === 0 || element === 1) {
    return Number(element);
  }
  throw refuse();
}

function integer(element: unknown, type: string, refuse: () => Error): number {
  const [from, to] = RANGES[type];
  const number = typeof element === 'bigint' ? Number(element) : element;
  if (Number.isInteger(number) && Number(number) >= from && Number(number) <= to) {
    return Number(number);
  }
  throw refuse();
}

function describe(type: string): string {
  if (type === 'string') {
    return 'a text';
  }
  if (type === 'bool') {
    return 'true or false';
  }
  const [from, to] = RANGES[type];
  return `an integer from ${from} to ${to} (${type})`;
}
