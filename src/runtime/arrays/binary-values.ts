import { badData } from '../errors.ts';
import { DATATYPES, type PlainDatatype } from './datatypes.ts';
import { type Declared, fitDeclared } from './declared.ts';
import { type DataOf, type DType, TYPED_ARRAY } from './dtype.ts';
import { fromHalf } from './half.ts';
import { fromData, type NdArray } from './ndarray.ts';

/** Bytes of a tensor, at least, to look at where they are: fewer are copied, and are then the array's own. */
const MIN_VIEW = 4096;

/** The elements of BYTES: views of their bytes, each made when it is its turn. */
export interface ByteElements extends Iterable<Uint8Array> {
  readonly length: number;
}

/**
 * Reads the values of a tensor from its bytes: little endian, row-major, without gaps. Large ones are not
 * copied where their place allows a view.
 *
 * @returns the array; the elements of BYTES, of which each has its length in four bytes before it.
 * @throws SeldonError MICROSERVICE_BAD_DATA when the bytes are not those of the shape.
 */
export function readBinary(bytes: Uint8Array, declared: Declared): NdArray | ByteElements {
  const { datatype, place } = declared;
  if (datatype === 'BYTES') {
    const elements = readElements(bytes, place);
    fitDeclared(declared, elements.length);
    return elements;
  }
  const { dtype, bytes: width } = DATATYPES[datatype];
  if (bytes.length % width !== 0) {
    throw badData(
      `${place}: expected ${width} bytes for each value (${datatype}), got ${bytes.length} in all`,
    );
  }
  const shape = fitDeclared(declared, bytes.length / width);
  return fromData(dataOf(bytes, datatype, place), shape, dtype);
}

function dataOf(bytes: Uint8Array, datatype: PlainDatatype, place: string): DataOf[DType] {
  switch (datatype) {
    case 'BOOL':
      return readBooleans(bytes, place);
    case 'FP16':
      // `from` with a function takes twenty times as long.
      return new Float32Array(over('uint16', bytes) as Uint16Array).map(fromHalf);
    case 'BF16':
      // The upper halves of float32 numbers.
      return new Float32Array(
        new Uint32Array(over('uint16', bytes) as Uint16Array).map((half) => half << 16).buffer,
      );
    default:
      return over(DATATYPES[datatype].dtype, bytes);
  }
}

/** The typed array of `dtype` over bytes. */
function over(dtype: keyof typeof TYPED_ARRAY, bytes: Uint8Array) {
  const TypedArray = TYPED_ARRAY[dtype];
  const width = TypedArray.BYTES_PER_ELEMENT;
  const isInPlace = bytes.length >= MIN_VIEW && bytes.byteOffset % width === 0;
  const { buffer, byteOffset } = isInPlace ? bytes : new Uint8Array(bytes);
  return new TypedArray(buffer as ArrayBuffer, byteOffset, bytes.length / width);
}

function readBooleans(bytes: Uint8Array, place: string): boolean[] {
  return Array.from(bytes, (byte, index) => {
    if (byte > 1) {
      throw badData(`${place}[${index}]: expected the byte 0 or 1 (BOOL), got ${byte}`);
    }
    return byte === 1;
  });
}

/**
 * Checks elements of any length, and gives them without a list: of an empty one, the object alone would take
 * thirty times the bytes that came.
 */
function readElements(bytes: Uint8Array, place: string): ByteElements {
  let length = 0;
  for (const _ of elementsOf(bytes, place)) {
    length++;
  }
  return { length, [Symbol.iterator]: () => elementsOf(bytes, place) };
}

function* elementsOf(bytes: Uint8Array, place: string): Generator<Uint8Array, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let index = 0;
  for (let at = 0; at < bytes.length; index++) {
    const start = at + 4;
    at = start <= bytes.length ? start + view.getUint32(at, true) : start;
    if (at > bytes.length) {
      throw badData(`${place}[${index}]: expected four bytes of length and as many bytes as it says`);
    }
    yield bytes.subarray(start, at);
  }
}
