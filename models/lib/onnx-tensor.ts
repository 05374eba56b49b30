import { Tensor } from 'onnxruntime-node';
import { fromData, fromHalf, fromNested, NdArray } from 'seldon-lambda';
import { badData } from './errors.ts';
import { toElements } from './onnx-elements.ts';
import { type Signature, showShape } from './onnx-signature.ts';
import { showElement } from './show-element.ts';

/**
 * An array, or nested lists, as the tensor that an input expects.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the input, what came and what was expected.
 */
export function toTensor(value: unknown, signature: Signature): Tensor {
  const { name, type, shape } = signature;
  const array = value instanceof NdArray ? value : fromNested(value, 'objects');
  const dims = fitShape(array.shape, shape);
  // Lists of unequal length end the shape, and are elements.
  if (array.dtype === 'object' && array.toFlat().some(Array.isArray)) {
    const expected = shape.length === 0 ? 'an array of any shape' : `shape ${showShape(shape)}`;
    throw badData(`input ${name} has lists of unequal length; expected ${expected}`);
  }
  if (dims === undefined) {
    throw badData(`input ${name} has shape (${array.shape}); expected ${showShape(shape)}`);
  }
  const elements = toElements(array, type, (index, expected) => {
    const found = showElement(array.toFlat()[index]);
    return badData(`element ${index} of input ${name} is ${found}; expected ${expected}`);
  });
  // The compiler does not see that the elements are those of the type.
  return new Tensor(type as 'int32', elements as Int32Array, dims);
}

/** A tensor that a graph answered, with its type. */
export function toArray({ type, data, dims }: Tensor): NdArray {
  switch (type) {
    case 'bool':
      return fromData(Array.from(data as Uint8Array, Boolean), dims);
    case 'float16':
      return fromData(toFloats(data as Uint16Array | Float32Array), dims, type);
    default:
      return fromData(data as Float32Array | BigInt64Array | string[], dims);
  }
}

/** Newer versions of Node have arrays of halves; in the others ONNX Runtime gives their bits. */
function toFloats(halves: Uint16Array | Float32Array): Float32Array {
  return halves instanceof Uint16Array ? Float32Array.from(halves, fromHalf) : Float32Array.from(halves);
}

/**
 * The shape of a tensor for an input, made of an array of the shape `given`; undefined if it does not fit.
 */
function fitShape(given: readonly number[], shape: Signature['shape']): readonly number[] | undefined {
  const fits = (axes: readonly number[]) =>
    axes.every((length, axis) => typeof shape[axis] === 'string' || shape[axis] === length);
  if (shape.length === 0 || (given.length === shape.length && fits(given))) {
    return given;
  }
  // A list without elements does not show the lengths of the axes after it.
  const shown = given.slice(0, -1);
  if (given.at(-1) !== 0 || given.length > shape.length || !fits(shown)) {
    return undefined;
  }
  const rest = shape.slice(shown.length).map((length) => (typeof length === 'number' ? length : 0));
  return rest.includes(0) || shown.includes(0) ? [...shown, ...rest] : undefined;
}
