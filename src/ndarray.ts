import { badData } from './errors.ts';
import { show } from './show.ts';

/** The typed array (or plain array) that holds the elements of each dtype; complex numbers are stored re, im, re, im. */
interface DataOf {
  float64: Float64Array;
  float32: Float32Array;
  float16: Float32Array;
  bfloat16: Float32Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  complex64: Float32Array;
  complex128: Float64Array;
  bool: boolean[];
  string: string[];
  object: unknown[];
}

/** numpy's names. Numbers from JSON are `float64`; other numeric dtypes come from `tftensor` or from your model. */
export type DType = keyof DataOf;

const TYPED_ARRAY = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Float32Array,
  bfloat16: Float32Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  complex64: Float32Array,
  complex128: Float64Array,
} as const;

/** numpy's limit of axes. */
const MAX_AXES = 32;
/** Lists that an array without elements may consist of: a few digits of a request could ask for billions. */
const MAX_EMPTY_LISTS = 2 ** 16;

/** What an NdArray was made from, until somebody asks for the other form. */
type Source = { readonly nested: unknown } | { readonly flat: readonly unknown[] };

/**
 * An n-dimensional array: `data` flat and row-major, seen as `shape`.
 *
 * Made by {@link fromNested}, {@link fromData} or {@link zeros}; what a request brings is one already. Conversion
 * between lists and typed data happens when it is first asked for, once.
 *
 * @example X.shape            // [2, 4]
 * @example X.asType('float64').data[1 * 4 + 2]   // row 1, column 2
 */
export class NdArray<T extends DType = DType> {
  /** Length of each axis; `[]` for a single value. */
  readonly shape: readonly number[];
  readonly dtype: T;
  #data: DataOf[T] | undefined;
  #source: Source | undefined;

  /** @internal Use the makers: they check that `data` fits `shape`. */
  constructor(shape: readonly number[], dtype: T, data: DataOf[T] | undefined, source?: Source) {
    this.shape = shape;
    this.dtype = dtype;
    this.#data = data;
    this.#source = source;
  }

  /** The elements, row-major; writing to it changes the array. */
  get data(): DataOf[T] {
    if (this.#data === undefined) {
      this.#data = toData(this.#lists(), sizeOf(this.shape), this.dtype);
      this.#source = undefined;
    }
    return this.#data;
  }

  /** Nested lists of plain values (a plain value where `shape` is `[]`); 64-bit integers as bigint, complex as `[re, im]`. */
  toNested(): unknown {
    if (this.#source !== undefined && 'nested' in this.#source) return this.#source.nested;
    if (this.shape.length === 1) return this.toFlat();
    return nest(this.#data === undefined || isComplex(this.dtype) ? this.toFlat() : this.#data, this.shape);
  }

  /** The elements as a row-major list of plain values. Do not change it: it may be the request's own list. */
  toFlat(): readonly unknown[] {
    if (this.#source !== undefined) {
      return 'flat' in this.#source ? this.#source.flat : toList(this.#lists());
    }
    const data = this.#data as DataOf[DType];
    if (Array.isArray(data)) return data;
    return isComplex(this.dtype) ? pairs(data as Float64Array) : toList([data]);
  }

  /** Lists that hold the elements, in order. */
  #lists(): readonly (readonly unknown[])[] {
    const source = this.#source as Source;
    return 'flat' in source ? [source.flat] : rowsOf(source.nested, this.shape.length);
  }

  /**
   * The same elements seen as another shape; one axis may be -1 and is worked out.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA when the sizes differ.
   * @see numpy.reshape
   */
  reshape(shape: readonly number[]): NdArray<T> {
    return new NdArray(fitShape(shape, sizeOf(this.shape)), this.dtype, this.data);
  }

  /**
   * The elements as another numeric dtype, or this very array when it has that dtype already.
   *
   * Booleans become 1 and 0; floats lose their fraction when they become integers, as in numpy.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA when an element is no number: so a request with text where your
   *   model computes is answered 400.
   */
  asType<U extends keyof typeof TYPED_ARRAY>(dtype: U): NdArray<U> {
    if (isType(this, dtype)) return this;
    if (isComplex(dtype) || isComplex(this.dtype))
      throw badData(`cannot convert an array of dtype ${this.dtype} to ${dtype}`);
    const list = this.toFlat();
    list.forEach((value, index) => {
      if (
        isScalarNumber(value)
          ? Number.isFinite(Number(value)) || !isInteger(dtype)
          : typeof value === 'boolean'
      )
        return;
      throw badData(
        `element ${index} of the array (dtype ${this.dtype}) is ${show(value)}; expected a number that ${dtype} can hold`,
      );
    });
    return new NdArray(this.shape, dtype, toData([list], list.length, dtype));
  }
}

/** Narrows by dtype: `if (isType(X, 'float32')) X.data // Float32Array`. */
export function isType<U extends DType>(array: NdArray, dtype: U): array is NdArray<U> {
  return (array.dtype as DType) === dtype;
}

/** Whether arithmetic makes sense on `dtype`; numpy's rule: no booleans, no text, no objects, no bfloat16. */
export function isNumeric(dtype: DType): boolean {
  return dtype !== 'bool' && dtype !== 'string' && dtype !== 'object' && dtype !== 'bfloat16';
}

function isInteger(dtype: DType): boolean {
  return dtype.includes('int');
}

/** complex64 and complex128 hold two numbers an element. */
export function isComplex(dtype: DType): boolean {
  return dtype === 'complex64' || dtype === 'complex128';
}

/** Whether nested lists that mix numbers and booleans count as numbers (what a model returns) or as objects (what a request brings). */
export type MixedBooleans = 'numbers' | 'objects';

/**
 * An array from nested lists (or one plain value), as numpy.array would see them.
 *
 * dtype: all numbers `float64`, all booleans `bool`, all text `string`, anything else `object`. Lists of unequal
 * length end the shape there and stay lists, dtype `object`. An empty list is `float64`.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA beyond 32 axes.
 * @example fromNested([[1, 2], [3, 4]])   // shape [2, 2], dtype float64
 */
export function fromNested(nested: unknown, mixed: MixedBooleans = 'numbers'): NdArray {
  const shape = probeShape(nested);
  if (isNumbersOnly(nested, shape, 0)) return new NdArray(shape, 'float64', undefined, { nested });
  const regular = regularShape(nested, shape.length);
  const dtype =
    regular.length < shape.length ? 'object' : dtypeOf(toList(rowsOf(nested, regular.length)), mixed);
  return new NdArray(regular, dtype, undefined, { nested });
}

/**
 * An array over `data` without copying it, seen as `shape` (default: one axis); one axis may be -1.
 *
 * dtype follows the typed array; a plain list is looked at as {@link fromNested} does. For `float16`, `bfloat16`
 * and complex numbers name the dtype.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the sizes differ.
 * @example fromData(new Float32Array([0.1, 0.9]), [1, 2])
 */
export function fromData(data: DataOf[DType], shape?: readonly number[], dtype?: DType): NdArray {
  const type = dtype ?? (Array.isArray(data) ? dtypeOf(data, 'objects') : dtypeOfTypedArray(data));
  const size = isComplex(type) ? data.length / 2 : data.length;
  const held = Array.isArray(data) && type in TYPED_ARRAY ? toData([data], data.length, type) : data;
  return new NdArray(fitShape(shape ?? [size], size), type, held as DataOf[DType]);
}

/** An array of `shape` filled with zeros. */
export function zeros<U extends keyof typeof TYPED_ARRAY = 'float64'>(
  shape: readonly number[],
  dtype?: U,
): NdArray<U> {
  const type = dtype ?? ('float64' as U);
  if (!shape.every(isLength))
    throw badData(`an array cannot have the shape (${shape}); expected lengths of 0 or more`);
  const length = sizeOf(shape) * (isComplex(type) ? 2 : 1);
  return new NdArray(shape, type, new TYPED_ARRAY[type](length) as DataOf[U]);
}

/**
 * A list of numbers that has been checked already, seen as `shape`; the list is kept as it is until `data` is asked for.
 *
 * @internal
 */
export function fromNumbers(flat: readonly number[], shape: readonly number[]): NdArray {
  return new NdArray(shape, 'float64', undefined, { flat });
}

/**
 * The typed array of `dtype` over `buffer`, whose bytes are in this machine's order.
 *
 * @internal
 */
export function fromBuffer<U extends keyof typeof TYPED_ARRAY>(buffer: ArrayBuffer, dtype: U): DataOf[U] {
  return new TYPED_ARRAY[dtype](buffer) as DataOf[U];
}

/**
 * `shape`, as one that an array can have: at most 32 axes, and without elements not too many lists.
 *
 * @param path - where it stands in the request, for the error.
 * @throws SeldonError MICROSERVICE_BAD_DATA.
 * @internal
 */
export function checkShape(shape: readonly number[], path: string): readonly number[] {
  if (shape.length > MAX_AXES)
    throw badData(`${path}: expected at most ${MAX_AXES} axes, got ${shape.length}`);
  const lists = sizeOf(shape.slice(0, Math.max(0, shape.indexOf(0))));
  if (lists > MAX_EMPTY_LISTS)
    throw badData(`${path}: an array without elements has at most ${MAX_EMPTY_LISTS} lists, got ${lists}`);
  return shape;
}

/** Number of elements of `shape`. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** Whether `value` is one of JavaScript's typed arrays (bytes included, DataView not). */
export function isTypedArray(value: unknown): value is DataOf[keyof typeof TYPED_ARRAY] {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function dtypeOfTypedArray(data: DataOf[keyof typeof TYPED_ARRAY]): DType {
  // Uint8ClampedArray, and Float16Array where the runtime has it, are read by value.
  const name = Object.prototype.toString.call(data).slice(8, -1);
  const dtype =
    name === 'Uint8ClampedArray'
      ? 'uint8'
      : name
          .replace(/Array$/, '')
          .replace('Big', '')
          .toLowerCase();
  return dtype as DType;
}

/** Lengths along the first elements; where the list is regular this is its shape. */
function probeShape(nested: unknown): number[] {
  const shape: number[] = [];
  // Reflect.get: a load site that sees inner and outer arrays boxes the rows' doubles (+0.9 ms on 100x784).
  for (let level = nested; Array.isArray(level); level = Reflect.get(level, 0)) {
    shape.push(level.length);
    if (shape.length > MAX_AXES)
      throw badData(`an array has at most ${MAX_AXES} axes, as in numpy; the list is nested deeper`);
    if (level.length === 0) break;
  }
  return shape;
}

function isNumbersOnly(level: unknown, shape: readonly number[], axis: number): boolean {
  if (axis === shape.length) return typeof level === 'number';
  if (!Array.isArray(level) || level.length !== shape[axis]) return false;
  if (axis === shape.length - 1) return isNumberList(level);
  for (const inner of level) if (!isNumbersOnly(inner, shape, axis + 1)) return false;
  return true;
}

function isNumberList(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) if (typeof list[i] !== 'number') return false;
  return true;
}

/** The longest leading part of the shape in which all lists of an axis are equally long. */
function regularShape(nested: unknown, axes: number): number[] {
  const shape: number[] = [];
  let level: readonly unknown[] = [nested];
  while (shape.length < axes) {
    const first = level[0];
    // Array.from: every() and flat() would pass over the holes of a list.
    const lists = Array.from(level);
    if (!Array.isArray(first) || !lists.every((list) => Array.isArray(list) && list.length === first.length))
      break;
    shape.push(first.length);
    level = lists.flatMap((list) => Array.from(list as unknown[]));
    if (first.length === 0) break;
  }
  return shape;
}

function dtypeOf(flat: readonly unknown[], mixed: MixedBooleans): DType {
  let numbers = 0;
  let booleans = 0;
  let strings = 0;
  for (const value of flat) {
    if (isScalarNumber(value)) numbers++;
    else if (typeof value === 'boolean') booleans++;
    else if (typeof value === 'string') strings++;
  }
  if (numbers === flat.length) return 'float64';
  if (booleans === flat.length) return 'bool';
  if (strings === flat.length) return 'string';
  return mixed === 'numbers' && numbers + booleans === flat.length ? 'float64' : 'object';
}

/** Numbers, and bigints that a 64-bit integer can hold; a larger bigint is an object, as in numpy. */
function isScalarNumber(value: unknown): value is number | bigint {
  if (typeof value === 'bigint') return value >= -(2n ** 63n) && value < 2n ** 64n;
  return typeof value === 'number';
}

/** The innermost lists of nested ones; a plain value as a list of it. */
function rowsOf(nested: unknown, axes: number): readonly (readonly unknown[])[] {
  if (axes === 0) return [[nested]];
  if (axes === 1) return [nested as unknown[]];
  let rows = nested as unknown[][];
  for (let axis = 2; axis < axes; axis++) rows = rows.flat() as unknown[][];
  return rows;
}

function nest(values: ArrayLike<unknown>, shape: readonly number[]): unknown {
  if (shape.length === 0) return values[0];
  let at = 0;
  const build = (axis: number): unknown[] => {
    const length = shape[axis] as number;
    if (axis < shape.length - 1) return Array.from({ length }, () => build(axis + 1));
    at += length;
    return toList([values], at - length, at);
  };
  return build(0);
}

/** Elements from `start` to `end` of each of `lists` in one list. */
function toList(lists: readonly ArrayLike<unknown>[], start = 0, end?: number): unknown[] {
  // Grown from nothing: JSON.stringify writes what new Array(length) gives, a list with holes, element by element;
  // Array.from takes longer still.
  const list: unknown[] = [];
  for (const each of lists) for (let i = start; i < (end ?? each.length); i++) list.push(each[i]);
  return list;
}

function toData<T extends DType>(
  lists: readonly (readonly unknown[])[],
  length: number,
  dtype: T,
): DataOf[T] {
  if (!(dtype in TYPED_ARRAY)) return toList(lists) as DataOf[T];
  const data = new TYPED_ARRAY[dtype as keyof typeof TYPED_ARRAY](length);
  let at = 0;
  for (const list of lists) {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      for (const value of list) data[at++] = toBigInt(value as number | bigint | boolean);
    } else {
      for (let i = 0; i < list.length; i++) data[at++] = Number(list[i]);
    }
  }
  return data as DataOf[T];
}

function toBigInt(value: number | bigint | boolean): bigint {
  return BigInt(typeof value === 'number' ? Math.trunc(value) : value);
}

function pairs(data: Float64Array | Float32Array): number[][] {
  return Array.from({ length: data.length / 2 }, (_, i) => [
    data[2 * i] as number,
    data[2 * i + 1] as number,
  ]);
}

function fitShape(shape: readonly number[], size: number): readonly number[] {
  const unknown = shape.indexOf(-1);
  const fitted =
    unknown < 0
      ? shape
      : shape.map((length, i) =>
          i === unknown ? size / sizeOf(shape.filter((_, j) => j !== unknown)) : length,
        );
  if (!fitted.every(isLength) || sizeOf(fitted) !== size) {
    throw badData(`cannot reshape array of size ${size} into shape (${shape})`);
  }
  return fitted;
}

function isLength(length: number): boolean {
  return Number.isInteger(length) && length >= 0;
}
