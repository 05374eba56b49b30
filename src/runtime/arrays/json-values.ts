import { badData } from '../errors.ts';
import { show } from '../show.ts';
import { DATATYPES, type PlainDatatype } from './datatypes.ts';
import { type Declared, fitDeclared } from './declared.ts';
import type { DataOf, DType } from './dtype.ts';
import { fromNested } from './from-nested.ts';
import { fromData, NdArray } from './ndarray.ts';
import { expectedOf, numbersAs, type Refuse, readElement } from './numbers-as.ts';
import { sizeOf } from './shape.ts';

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
  return fromData(readNumbers(array, data, declared), shape, dtype);
}

function readTexts(array: NdArray, place: string): readonly string[] {
  const texts = array.toFlat();
  const wrong = texts.findIndex((text) => typeof text !== 'string');
  if (wrong >= 0) {
    throw badData(`${place}[${wrong}]: expected a text (BYTES), got ${show(texts[wrong])}`);
  }
  return texts as readonly string[];
}

function readNumbers(array: NdArray, data: unknown, { datatype, place }: Declared): DataOf[DType] {
  const type = datatype as PlainDatatype;
  const refuse: Refuse = (index, value) =>
    badData(`${place}[${index}]: expected ${expectedOf(type, value)}, got ${show(value)}`);
  if (array.dtype === 'float64') {
    return numbersAs(array.data as Float64Array, type, refuse);
  }
  // As they stand in the request: among integers beyond 2^53, the array has lost the sign of -0.
  const values = (data as unknown[]).flat(array.shape.length - 1);
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
