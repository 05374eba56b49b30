import { type DataOf, type DType, isComplex, isNumeric, isTypedArray, TYPED_ARRAY } from './dtype.ts';
import { fromNested } from './from-nested.ts';
import { fromData, NdArray } from './ndarray.ts';

/**
 * The array of nested lists in which NdArrays and typed arrays count as lists; undefined when they hold none.
 * The dtype is theirs if all of them have the same. A Buffer is not an array here, but bytes.
 */
export function fromArrays(nested: readonly unknown[]): NdArray | undefined {
  if (holdsArrays(nested) !== true) {
    return undefined;
  }
  const dtypes = new Set<DType | undefined>();
  const array = fromNested(toLists(nested, dtypes));
  const [dtype] = dtypes;
  const isCommon = dtypes.size === 1 && dtype !== undefined && dtype in TYPED_ARRAY;
  return isCommon && isNumeric(array.dtype) && !isComplex(dtype)
    ? array.asType(dtype as keyof typeof TYPED_ARRAY)
    : array;
}

/** Whether nested lists hold an array. Undefined for lists that are too deep, or hold themselves. */
function holdsArrays(value: unknown, depth = 0): boolean | undefined {
  if (!Array.isArray(value)) {
    return isArray(value);
  }
  if (depth > MAX_DEPTH) {
    return undefined;
  }
  for (const item of value) {
    const found = holdsArrays(item, depth + 1);
    if (found !== false) {
      return found;
    }
  }
  return false;
}

/** Levels of lists, at most; no answer could carry more. */
const MAX_DEPTH = 1000;

/** Lists in the place of the arrays; `dtypes` gets the dtype of each, and undefined for a plain value. */
function toLists(value: unknown, dtypes: Set<DType | undefined>): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => toLists(item, dtypes));
  }
  if (!isArray(value)) {
    dtypes.add(undefined);
    return value;
  }
  const array = value instanceof NdArray ? value : fromData(value);
  dtypes.add(array.dtype);
  return array.toNested();
}

/** Of the typed arrays, only a Buffer has a toJSON(). */
function isArray(value: unknown): value is NdArray | DataOf[keyof typeof TYPED_ARRAY] {
  return value instanceof NdArray || (isTypedArray(value) && !('toJSON' in value));
}
