import {
  DATATYPES,
  type Datatype,
  datatypeOf,
  isDatatype,
  type PlainDatatype,
} from '../runtime/arrays/datatypes.ts';
import { type DataOf, type DType, isTypedArray } from '../runtime/arrays/dtype.ts';
import { fromNested } from '../runtime/arrays/from-nested.ts';
import { fromData, type NdArray } from '../runtime/arrays/ndarray.ts';
import { expectedOf, numbersAs, readElement } from '../runtime/arrays/numbers-as.ts';
import { fitShape, sizeOf } from '../runtime/arrays/shape.ts';
import { isRecord } from '../runtime/objects.ts';
import { kindOf, show } from '../runtime/show.ts';
import {
  attempt,
  type FlatArray,
  fromFlat,
  isFlatArray,
  type NestedList,
  type TypedArray,
  withLists,
} from './input.ts';
import type { Tensor, TensorParameters } from './tensor.ts';
import { utf8 } from './utf8.ts';

/** A named tensor of a request; an output of an earlier answer is one, too. */
export interface InferInput {
  readonly name: string;
  /**
   * The elements: a flat typed array, lists that may be nested, or an `NdArray`. Elements of BYTES are texts,
   * or each a Uint8Array.
   */
  readonly data: TypedArray | NestedList | FlatArray | readonly unknown[];
  /**
   * Length of each axis; one may be -1. Default: that of the lists or of the array; a typed array has one
   * axis.
   */
  readonly shape?: readonly number[] | undefined;
  /**
   * Default: that of the typed array, INT64 for a BigInt64Array; for lists FP64 for numbers, INT64 or UINT64
   * for integers of which one is beyond 2^53, BOOL, or BYTES for texts. Needed where bytes are the elements
   * of BYTES. Other elements are converted to it if nothing is lost but digits of a float.
   */
  readonly datatype?: Datatype | undefined;
  readonly parameters?: TensorParameters | undefined;
}

/**
 * Makes the tensor of an input.
 *
 * @param place - of the input, for the error.
 * @throws TypeError naming what is wrong, and where.
 */
export function toTensor(input: InferInput, place: string): Tensor {
  if (!isRecord(input)) {
    throw new TypeError(`${place}: expected {name, data}, got ${show(input)}`);
  }
  const { name, data, datatype, shape, parameters } = input;
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`${place}.name: expected a name, got ${show(name)}`);
  }
  if (datatype !== undefined && !isDatatype(datatype)) {
    const all = Object.keys(DATATYPES).join(', ');
    throw new TypeError(`${place}.datatype: expected one of ${all}, got ${show(datatype)}`);
  }
  const at = `${place}.data`;
  const array = toArray(data, datatype, at);
  const own = datatypeIn(array, at);
  const fitted = attempt(`${place}.shape`, () => fitShape(shape ?? array.shape, sizeOf(array.shape)));
  const tensor = { name, datatype: datatype ?? own ?? 'FP64', shape: fitted };
  if (tensor.datatype === 'BYTES') {
    return { ...tensor, ...toBytes(array, parameters, at) };
  }
  const elements = tensor.datatype === own ? array.data : toNumbers(array, tensor.datatype, at);
  return { ...tensor, data: elements, parameters };
}

function toArray(data: unknown, datatype: Datatype | undefined, place: string): NdArray {
  if (isFlatArray(data)) {
    return attempt(place, () => fromFlat(data));
  }
  if (isTypedArray(data) && datatype !== 'BYTES') {
    return fromData(data);
  }
  if (!Array.isArray(data)) {
    const expected =
      datatype === 'BYTES' ? 'a list of texts or of bytes' : 'a typed array, lists or an NdArray';
    throw new TypeError(
      `${place}: expected ${expected}, got ${isTypedArray(data) ? kindOf(data) : show(data)}`,
    );
  }
  // A typed array is a row of numbers, but bytes are an element of BYTES.
  const array = attempt(place, () => fromNested(datatype === 'BYTES' ? data : withLists(data), 'objects'));
  if (array.dtype === 'object' && array.toFlat().some(Array.isArray)) {
    throw new TypeError(`${place}: expected lists of equal length`);
  }
  return array;
}

/** The datatype that elements have by themselves; undefined where they are not all of one kind. */
function datatypeIn({ dtype }: NdArray, place: string): Datatype | undefined {
  const datatype = datatypeOf(dtype);
  if (datatype === undefined) {
    throw new TypeError(`${place}: the protocol has no datatype for ${dtype}`);
  }
  return dtype === 'object' ? undefined : datatype;
}

/** Where one element is bytes, all are, and their content type says so. */
function toBytes(
  array: NdArray,
  parameters: TensorParameters | undefined,
  place: string,
): Pick<Tensor, 'data' | 'parameters'> {
  const elements = array.toFlat();
  const wrong = elements.findIndex((each) => typeof each !== 'string' && !(each instanceof Uint8Array));
  if (wrong >= 0) {
    throw new TypeError(`${place}[${wrong}]: expected a text or bytes (BYTES), got ${show(elements[wrong])}`);
  }
  const data = elements as readonly (string | Uint8Array)[];
  if (data.every((each) => typeof each === 'string')) {
    return { data, parameters };
  }
  return {
    data: data.map((each) => (typeof each === 'string' ? utf8(each) : each)),
    parameters: { content_type: 'base64', ...parameters },
  };
}

function toNumbers(array: NdArray, datatype: PlainDatatype, place: string): DataOf[DType] {
  const refuse = (index: number, value: unknown) =>
    new TypeError(`${place}[${index}]: expected ${expectedOf(datatype, value)}, got ${show(value)}`);
  if (array.dtype === 'float64') {
    return numbersAs(array.data as Float64Array, datatype, refuse);
  }
  const elements = array.toFlat().map((value, index) => {
    const element = readElement(value, datatype);
    if (element === undefined) {
      throw refuse(index, value);
    }
    return element;
  });
  // A list with a dtype becomes the typed array of this dtype.
  return fromData(elements, undefined, DATATYPES[datatype].dtype).data;
}
