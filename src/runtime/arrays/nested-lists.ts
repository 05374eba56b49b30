import { badData } from '../errors.ts';
import { type DataOf, type DType, TYPED_ARRAY } from './dtype.ts';
import { MAX_AXES } from './shape.ts';

/**
 * Lengths of the first list of each level; the shape, if the lists are regular.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA beyond 32 axes.
 */
export function probeShape(nested: unknown): number[] {
  const shape: number[] = [];
  // Reflect.get: a load site that sees inner and outer arrays boxes the rows' doubles (+0.9 ms on 100x784).
  for (let level = nested; Array.isArray(level); level = Reflect.get(level, 0)) {
    shape.push(level.length);
    if (shape.length > MAX_AXES) {
      throw badData(`an array has at most ${MAX_AXES} axes, as in numpy; the list is nested deeper`);
    }
    if (level.length === 0) {
      break;
    }
  }
  return shape;
}

/** Whether nested lists are as regular as `shape`, from `axis` on, and hold numbers only. */
export function isNumbersOnly(level: unknown, shape: readonly number[], axis: number): boolean {
  if (axis === shape.length) {
    return typeof level === 'number';
  }
  if (!Array.isArray(level) || level.length !== shape[axis]) {
    return false;
  }
  if (axis === shape.length - 1) {
    return isNumberList(level);
  }
  for (let i = 0; i < level.length; i++) {
    if (!isNumbersOnly(level[i], shape, axis + 1)) {
      return false;
    }
  }
  return true;
}

function isNumberList(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] !== 'number') {
      return false;
    }
  }
  return true;
}

/**
 * The longest leading part of the shape of {@link probeShape} in which all lists of an axis are equally long.
 */
export function regularShape(nested: unknown, probed: readonly number[]): number[] {
  const shape: number[] = [];
  let lists: readonly unknown[] = [nested];
  for (const length of probed) {
    if (!areLists(lists, length)) {
      break;
    }
    shape.push(length);
    // The elements of the last axis, which may be many, need no list of their own.
    if (length === 0 || shape.length === probed.length) {
      break;
    }
    lists = lists.length === 1 ? (lists[0] as readonly unknown[]) : toList(lists as unknown[][]);
  }
  return shape;
}

/** Whether all are lists of this length. A loop over places: `every` would skip the holes of a list. */
function areLists(lists: readonly unknown[], length: number): boolean {
  for (let i = 0; i < lists.length; i++) {
    const list = lists[i];
    if (!Array.isArray(list) || list.length !== length) {
      return false;
    }
  }
  return true;
}

/** The innermost lists, in order; a scalar becomes a list of one. */
export function rowsOf(nested: unknown, axes: number): readonly (readonly unknown[])[] {
  if (axes === 0) {
    return [[nested]];
  }
  if (axes === 1) {
    return [nested as unknown[]];
  }
  let rows = nested as unknown[][];
  for (let axis = 2; axis < axes; axis++) {
    rows = rows.flat() as unknown[][];
  }
  return rows;
}

/** Row-major values as nested lists. */
export function nest(values: ArrayLike<unknown>, shape: readonly number[]): unknown {
  if (shape.length === 0) {
    return values[0];
  }
  let at = 0;
  const build = (axis: number): unknown[] => {
    const length = shape[axis] as number;
    if (axis < shape.length - 1) {
      // A loop, because Array.from takes 1 us longer for a single row.
      const lists: unknown[] = [];
      while (lists.length < length) {
        lists.push(build(axis + 1));
      }
      return lists;
    }
    at += length;
    return toList([values], at - length, at);
  };
  return build(0);
}

/** One list of the elements from `start` to before `end` of each of `lists`. */
export function toList(lists: readonly ArrayLike<unknown>[], start = 0, end?: number): unknown[] {
  // Grown from nothing: JSON.stringify writes what new Array(length) gives, a list with holes, element by
  // element; Array.from takes longer still.
  const list: unknown[] = [];
  for (const each of lists) {
    for (let i = start; i < (end ?? each.length); i++) {
      list.push(each[i]);
    }
  }
  return list;
}

/**
 * Fills `target` with elements of `rows`, which are equally long, from the element `start` on; false when one
 * of them is not a number.
 */
export function copyRows(
  rows: readonly (readonly unknown[])[],
  target: Float64Array,
  start: number,
): boolean {
  const columns = rows[0]?.length as number;
  let row = Math.floor(start / columns);
  let column = start % columns;
  for (let at = 0; at < target.length; row++, column = 0) {
    at = copyRow(rows[row] as readonly unknown[], column, target, at);
    if (at < 0) {
      return false;
    }
  }
  return true;
}

/**
 * Copies a row from `column` on to the place `at`, as far as there is room; gives the next place, or -1 when
 * an element is not a number.
 *
 * A function of its own, which sees rows of numbers only: else V8 boxes each number.
 */
function copyRow(row: readonly unknown[], column: number, target: Float64Array, at: number): number {
  const length = Math.min(row.length - column, target.length - at);
  for (let i = 0; i < length; i++) {
    const value = row[column + i];
    if (typeof value !== 'number') {
      return -1;
    }
    target[at + i] = value;
  }
  return at + length;
}

/** The `length` elements of `lists` as data of `dtype`, in order. */
export function toData<T extends DType>(
  lists: readonly (readonly unknown[] | Float64Array)[],
  length: number,
  dtype: T,
): DataOf[T] {
  if (!(dtype in TYPED_ARRAY)) {
    return toList(lists) as DataOf[T];
  }
  const data = new TYPED_ARRAY[dtype as keyof typeof TYPED_ARRAY](length);
  let at = 0;
  for (const list of lists) {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      for (const value of list) {
        data[at++] = toBigInt(value as number | bigint | boolean);
      }
    } else {
      for (let i = 0; i < list.length; i++) {
        data[at++] = Number(list[i]);
      }
    }
  }
  return data as DataOf[T];
}

function toBigInt(value: number | bigint | boolean): bigint {
  return BigInt(typeof value === 'number' ? Math.trunc(value) : value);
}

/** Complex numbers as pairs `[re, im]`. */
export function pairs(data: Float64Array | Float32Array): number[][] {
  return Array.from({ length: data.length / 2 }, (_, i) => [
    data[2 * i] as number,
    data[2 * i + 1] as number,
  ]);
}
