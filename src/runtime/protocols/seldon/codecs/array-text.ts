import { isComplex, isNumeric } from '../../../arrays/dtype.ts';
import type { NdArray } from '../../../arrays/ndarray.ts';
import { sizeOf } from '../../../arrays/shape.ts';
import { type NumberKernel, numberKernel } from '../../../json/large-arrays.ts';
import { stringify } from '../../../json/write-json.ts';
import type { Encoded } from './codec.ts';

/** With fewer elements, JSON.stringify is faster. */
const MIN_ELEMENTS = 64;
/** Characters of a number and its comma, about. */
const CHARACTERS = 10;

/** How an array is written in an answer. */
interface Written {
  /** Of the lists in which its elements stand, row-major. */
  readonly shape: readonly number[];
  /** The JSON text around the lists. */
  readonly around?: readonly [before: string, after: string];
  /** The same as a value, for `stringify`. */
  toValue(): unknown;
}

/**
 * Encodes an array: as text if it has many numbers. A promise when the writer of numbers has to be loaded.
 */
export function encodeArray(array: NdArray, written: Written): Encoded | Promise<Encoded> {
  const size = sizeOf(written.shape);
  const hasNumbers = isNumeric(array.dtype) && !isComplex(array.dtype);
  const kernel = size < MIN_ELEMENTS || !hasNumbers ? undefined : numberKernel(size * CHARACTERS);
  const encodeBy = (loaded: NumberKernel | undefined) =>
    loaded === undefined ? { value: written.toValue() } : asText(array, written, loaded);
  return kernel instanceof Promise ? kernel.then(encodeBy) : encodeBy(kernel);
}

function asText(
  array: NdArray,
  { shape, around: [opening, closing] = ['', ''], toValue }: Written,
  { toJsonText }: NumberKernel,
): Encoded {
  return {
    write(before, after) {
      const lists = { elements: array.elements(), shape };
      return (
        toJsonText([before + opening, lists, closing + after]) ?? `${before}${stringify(toValue())}${after}`
      );
    },
  };
}
