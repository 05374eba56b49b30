import { fromData, fromNested, NdArray } from 'seldon-lambda';
import { toNumber } from './to-number.ts';

/** Whether numpy would count `X` as an array of numbers: no booleans, text or objects. */
export function isNumericArray(X: unknown): X is NdArray {
  return X instanceof NdArray && ArrayBuffer.isView(X.data);
}

/** `X * factor`, element by element; the dtype stays. */
export function times(X: unknown, factor: number): NdArray {
  return mapNumbers(
    X,
    (value) => value * factor,
    (value) => value * BigInt(factor),
  );
}

/** `X + term`, element by element; the dtype stays. */
export function plus(X: unknown, term: number): NdArray {
  return mapNumbers(
    X,
    (value) => value + term,
    (value) => value + BigInt(term),
  );
}

/** The sum of each row of a 2-D array, as a column. */
export function rowSums(X: unknown): NdArray {
  const { shape, data } = numbersOf(X);
  const [rows, columns] = shape;
  if (columns === undefined) {
    throw new Error(`axis 1 is out of bounds for array of dimension ${shape.length}`);
  }
  const sums = new Float64Array(rows);
  data.forEach((value: number | bigint, index: number) => {
    sums[Math.trunc(index / columns)] += Number(value);
  });
  return fromData(sums, [rows, 1]);
}

/** The elementwise mean as float64; an axis of length 1 is repeated, as in numpy. */
export function mean(Xs: readonly unknown[]): NdArray {
  if (Xs.length === 0) {
    throw new Error('division by zero');
  }
  const { shape, data } = Xs.map(floatsOf).reduce(add);
  return fromData(
    data.map((sum) => sum / Xs.length),
    shape,
  );
}

function mapNumbers(
  X: unknown,
  onNumber: (value: number) => number,
  onBigint: (value: bigint) => bigint,
): NdArray {
  const { shape, dtype, data } = numbersOf(X);
  const is64Bit = data instanceof BigInt64Array || data instanceof BigUint64Array;
  return fromData(is64Bit ? data.map(onBigint) : data.map(onNumber), shape, dtype);
}

function numbersOf(X: unknown) {
  // Booleans are integers in numpy's arithmetic.
  const array = X instanceof NdArray && X.dtype === 'bool' ? X.asType('int64') : X;
  if (!(array instanceof NdArray)) {
    throw new Error('cannot compute with what is not an array');
  }
  const { shape, dtype, data }: NdArray = array;
  if (Array.isArray(data)) {
    throw new Error(`cannot compute with an array of dtype ${dtype}`);
  }
  return { shape, dtype, data };
}

interface Floats {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

function floatsOf(X: unknown): Floats {
  const array = X instanceof NdArray ? X : fromNested(X);
  return { shape: array.shape, data: Float64Array.from(array.toFlat(), toNumber) };
}

function add(a: Floats, b: Floats): Floats {
  const axes = Math.max(a.shape.length, b.shape.length);
  const left = [...Array(axes - a.shape.length).fill(1), ...a.shape];
  const right = [...Array(axes - b.shape.length).fill(1), ...b.shape];
  if (left.some((length, axis) => length !== right[axis] && length !== 1 && right[axis] !== 1)) {
    throw new Error(
      `operands could not be broadcast together with shapes ${show(a.shape)} ${show(b.shape)} `,
    );
  }
  const shape = left.map((length, axis) => (length === 1 ? right[axis] : length));
  const data = new Float64Array(shape.reduce((size, length) => size * length, 1));
  return {
    shape,
    data: data.map(
      (_, index) => a.data[positionIn(left, shape, index)] + b.data[positionIn(right, shape, index)],
    ),
  };
}

/** Where the element `index` of an array of `shape` comes from in one whose axes of length 1 are repeated. */
function positionIn(repeated: readonly number[], shape: readonly number[], index: number): number {
  let position = 0;
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (repeated[axis] !== 1) {
      position += (index % shape[axis]) * stride;
    }
    index = Math.trunc(index / shape[axis]);
    stride *= repeated[axis];
  }
  return position;
}

/** A shape as Python prints a tuple. */
function show(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape},)` : `(${shape})`;
}
