import { dtypeOf, isBigInteger, type MixedBooleans } from './dtype.ts';
import { NestedLists } from './forms.ts';
import { NdArray } from './ndarray.ts';
import { isNumbersOnly, nest, probeShape, regularShape, rowsOf, toData, toList } from './nested-lists.ts';
import { sizeOf } from './shape.ts';

/**
 * An array from nested lists (or one plain value), as numpy.array would see them.
 *
 * dtype: all numbers `float64`, all booleans `bool`, all text `string`, anything else `object`. Integers of
 * which one is beyond 2^53 are `int64` or `uint64`; those that 64 bits cannot hold are `object`. Lists of
 * unequal length end the shape there and stay lists, dtype `object`. An empty list is `float64`.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA beyond 32 axes.
 * @example fromNested([[1, 2], [3, 4]])   // shape [2, 2], dtype float64
 */
export function fromNested(nested: unknown, mixed: MixedBooleans = 'numbers'): NdArray {
  const shape = probeShape(nested);
  if (isNumbersOnly(nested, shape, 0)) {
    return new NdArray(shape, 'float64', new NestedLists(nested));
  }
  const regular = regularShape(nested, shape);
  if (regular.length < shape.length) {
    return new NdArray(regular, 'object', new NestedLists(nested));
  }
  const rows = rowsOf(nested, regular.length);
  const dtype = dtypeOf(rows, mixed);
  // Made alike: all bigints, or all numbers.
  const isConverted = dtype !== 'object' && rows.some((row) => row.some(isBigInteger));
  const lists = isConverted ? nest(toList([toData(rows, sizeOf(regular), dtype)]), regular) : nested;
  return new NdArray(regular, dtype, new NestedLists(lists));
}
