import { badData } from '../errors.ts';
import { show } from '../show.ts';
import { DATATYPES, type Datatype, type PlainDatatype } from './datatypes.ts';
import type { DataOf, DType } from './dtype.ts';
import { fromNested } from './from-nested.ts';
import { fromData, NdArray } from './ndarray.ts';
import { expectedOf, numbersAs, type Refuse, readElement } from './numbers-as.ts';
import { sizeOf } from './shape.ts';

/** What is known of values before they are read. */
export interface Declared {
  readonly datatype: Datatype;
  /** One axis may be -1, and gets the length that is left. */
  readonly shape: readonly number[];
  /** Place of the values in the request, for errors. */
  readonly place: string;
}

/**
 * Reads the values of a tensor from JSON: a list, flat or nested, with as many values as the shape has. Each
 * value is checked: nothing wraps around, and nothing is rounded but to the precision of a float.
 *
 * @param data - parsed JSON, or the array that a long list of numbers was read as.
 * @returns the array; texts for BYTES, which mean different things by their content type.
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the place of the first value that is wrong.
 */
export function readValues(data: unknown, declared: Declared): NdArray | readonly string[] {
  const { datatype, place } = declared;
  if (!Array.isArray(data) && !(data instanceof NdArray)) {
    throw badData(`${place}: expected a list of values, got ${show(data)}`);
  }
  const array = data instanceof NdArray ? data : fromNested(data, 'objects');
  // Lists of unequal length are elements.
  if (array.dtype === 'object' && array.toFlat().some(Array.isArray)) {
    throw badData(`${place}: expected a flat list, or nested lists of equal length`);
  }
  const shape = fitDeclared(declared, sizeOf(array.shape));
  if (datatype === 'BYTES') {
    return readTexts(array, place);
  }
  const { dtype } = DATATYPES[datatype];
  return fromData(readNumbers(array, declared), shape, dtype);
}

/**
 * The shape of a tensor with `size` elements.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when it has another number of elements.
 */
export function fitDeclared({ shape, place }: Omit<Declared, 'datatype'>, size: number): readonly number[] {
  const free = shape.indexOf(-1);
  const others = sizeOf(shape.filter((_, axis) => axis !== free));
  const fitted = free < 0 ? shape : shape.map((length, axis) => (axis === free ? size / others : length));
  if (sizeOf(fitted) !== size || !fitted.every(Number.isInteger)) {
    throw badData(`${place}: expected ${others} values for the shape (${shape}), got ${size}`);
  }
  return fitted;
}

function readTexts(array: NdArray, place: string): readonly string[] {
  const texts = array.toFlat();
  if (array.dtype !== 'string' && texts.length > 0) {
    const wrong = texts.findIndex((text) => typeof text !== 'string');
    throw badData(`${place}[${wrong}]: expected a text (BYTES), got ${show(texts[wrong])}`);
  }
  return texts as readonly string[];
}

/** Makes the error for a value that a datatype does not have. */
export const refuseIn =
  ({ datatype, place }: Declared): Refuse =>
  (index, value) =>
    badData(`${place}[${index}]: expected ${expectedOf(datatype as PlainDatatype)}, got ${show(value)}`);

function readNumbers(array: NdArray, declared: Declared): DataOf[DType] {
  const type = declared.datatype as PlainDatatype;
  const refuse = refuseIn(declared);
  if (array.dtype === 'float64') {
    return numbersAs(array.data as Float64Array, type, refuse);
  }
  const values = array.toFlat();
  const { dtype } = DATATYPES[type];
  const read = values.map((value, index) => {
    const element = readElement(value, type);
    if (element === undefined) {
      throw refuse(index, value);
    }
    return element;
  });
  // A list with a dtype becomes the typed array of this dtype.
  return fromData(read, undefined, dtype).data;
}
