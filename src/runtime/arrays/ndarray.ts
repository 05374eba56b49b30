import { badData } from '../errors.ts';
import { show } from '../show.ts';
import {
  type DataOf,
  type DType,
  dtypeOf,
  dtypeOfTypedArray,
  holdsInteger,
  isComplex,
  isInteger,
  TYPED_ARRAY,
} from './dtype.ts';
import type { Elements } from './elements.ts';
import { Data, FlatList, type Form, ReadNumbers } from './forms.ts';
import { toData } from './nested-lists.ts';
import { isNumberWord } from './number-word.ts';
import { fitShape, isLength, sizeOf } from './shape.ts';

/**
 * An n-dimensional array: `data` flat and row-major, seen as `shape`.
 *
 * Made by `fromNested`, {@link fromData} or {@link zeros}; the arrays of a request are NdArrays
 * already. Lists are converted to typed data, or back, once, when the other form is first read.
 *
 * @example X.shape            // [2, 4]
 * @example X.asType('float64').data[1 * 4 + 2]   // row 1, column 2
 */
export class NdArray<T extends DType = DType> {
  /** Length of each axis; `[]` for a single value. */
  readonly shape: readonly number[];
  readonly dtype: T;
  #data: DataOf[T] | undefined;
  #form: Form;

  /** @internal Use the makers: they check that the elements fit `shape`. */
  constructor(shape: readonly number[], dtype: T, form: Form) {
    this.shape = shape;
    this.dtype = dtype;
    this.#form = form;
  }

  /** The elements, row-major; writing to it changes the array. */
  get data(): DataOf[T] {
    if (this.#data === undefined) {
      this.#data = this.#form.toData(this) as DataOf[T];
      this.#form = new Data(this.#data);
    }
    return this.#data;
  }

  /**
   * Nested lists of plain values (a plain value where `shape` is `[]`); 64-bit integers as bigint, complex as
   * `[re, im]`.
   */
  toNested(): unknown {
    this.#form = this.#form.handOut(this, true);
    return this.#form.toNested(this);
  }

  /** The nested lists: so JSON has lists for arrays, wherever they are in a value. */
  toJSON(): unknown {
    return this.toNested();
  }

  /** The elements as a row-major list of plain values. Do not change it: it may be the request's own list. */
  toFlat(): readonly unknown[] {
    this.#form = this.#form.handOut(this, false);
    return this.#form.toFlat(this);
  }

  /**
   * The form in which the elements are held now.
   *
   * @internal
   */
  get form(): Form {
    return this.#form;
  }

  /**
   * The elements as they are, without conversion to another form.
   *
   * @internal
   */
  elements(): Elements {
    return this.#form.elements(this);
  }

  /**
   * The same elements seen as another shape; one axis may be -1, and gets the length that is left.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA when the sizes differ.
   * @see numpy.reshape
   */
  reshape(shape: readonly number[]): NdArray<T> {
    return fromTyped(fitShape(shape, sizeOf(this.shape)), this.dtype, this.data);
  }

  /**
   * The elements as another numeric dtype, or this very array when it has that dtype already.
   *
   * Booleans become 1 and 0; floats lose their fraction when they become integers, as in numpy; an integer
   * beyond 2^53 becomes the nearest float, and so do the words NaN, Infinity and -Infinity, as which JSON has
   * these.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA when an element is not a number, or is a bigint that the
   *   integers of `dtype` cannot hold: so a request with text where your model computes is answered 400.
   */
  asType<U extends keyof typeof TYPED_ARRAY>(dtype: U): NdArray<U> {
    if (isType(this, dtype)) {
      return this;
    }
    if (isComplex(dtype) || isComplex(this.dtype)) {
      throw badData(`cannot convert an array of dtype ${this.dtype} to ${dtype}`);
    }
    // Numbers are read where they are, without a list of them.
    const { held } = this.#form;
    const isHeld = held instanceof Float64Array && !(isInteger(this.dtype) && isInteger(dtype));
    const list = isHeld ? held : this.toFlat();
    list.forEach((value: unknown, index: number) => {
      if (canHold(dtype, value)) {
        return;
      }
      throw badData(
        `element ${index} of the array (dtype ${this.dtype}) is ${show(value)}; ` +
          `expected a number that ${dtype} can hold`,
      );
    });
    return fromTyped(this.shape, dtype, toData([list], list.length, dtype));
  }
}

/**
 * Whether `value` can be an element of `dtype`; floats lose their fraction, and bigints none of their digits.
 */
function canHold(dtype: keyof typeof TYPED_ARRAY, value: unknown): boolean {
  if (typeof value === 'boolean') {
    return true;
  }
  if (!isInteger(dtype)) {
    return typeof value === 'number' || typeof value === 'bigint' || isNumberWord(value);
  }
  return typeof value === 'bigint' ? holdsInteger(dtype, value) : Number.isFinite(value);
}

/** Narrows by dtype: `if (isType(X, 'float32')) X.data // Float32Array`. */
export function isType<U extends DType>(array: NdArray, dtype: U): array is NdArray<U> {
  return (array.dtype as DType) === dtype;
}

/**
 * An array over `data` without copying it, seen as `shape` (default: one axis); one axis may be -1.
 *
 * The dtype is that of the typed array; a plain list gets one as in `fromNested`. For `float16`,
 * `bfloat16` and complex numbers name the dtype.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the sizes differ.
 * @example fromData(new Float32Array([0.1, 0.9]), [1, 2])
 */
export function fromData(data: DataOf[DType], shape?: readonly number[], dtype?: DType): NdArray {
  const type = dtype ?? (Array.isArray(data) ? dtypeOf([data], 'objects') : dtypeOfTypedArray(data));
  const size = isComplex(type) ? data.length / 2 : data.length;
  const held = Array.isArray(data) && type in TYPED_ARRAY ? toData([data], data.length, type) : data;
  return fromTyped(fitShape(shape ?? [size], size), type, held as DataOf[DType]);
}

/** An array of `shape` filled with zeros. */
export function zeros<U extends keyof typeof TYPED_ARRAY = 'float64'>(
  shape: readonly number[],
  dtype?: U,
): NdArray<U> {
  const type = dtype ?? ('float64' as U);
  if (!shape.every(isLength)) {
    throw badData(`an array cannot have the shape (${shape}); expected lengths of 0 or more`);
  }
  const length = sizeOf(shape) * (isComplex(type) ? 2 : 1);
  return fromTyped(shape, type, new TYPED_ARRAY[type](length) as DataOf[U]);
}

/**
 * An array over a list of numbers that has been checked already; the list stays as it is until `data` is
 * read.
 *
 * @internal
 */
export function fromNumbers(flat: readonly number[], shape: readonly number[]): NdArray {
  return new NdArray(shape, 'float64', new FlatList(flat));
}

/**
 * An array of numbers that were read from a request's text, where they are nested lists or one flat list.
 *
 * @internal
 */
export function fromRead(read: Float64Array, shape: readonly number[], as: 'nested' | 'flat'): NdArray {
  return new NdArray(shape, 'float64', new ReadNumbers(read, as));
}

/**
 * The typed array of `dtype` over `buffer`, whose bytes are in this machine's order.
 *
 * @internal
 */
export function fromBuffer<U extends keyof typeof TYPED_ARRAY>(buffer: ArrayBuffer, dtype: U): DataOf[U] {
  return new TYPED_ARRAY[dtype](buffer) as DataOf[U];
}

function fromTyped<U extends DType>(shape: readonly number[], dtype: U, data: DataOf[U]): NdArray<U> {
  return new NdArray(shape, dtype, new Data(data));
}
