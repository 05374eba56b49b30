import { DATATYPES, type Datatype, type PlainDatatype } from '../../arrays/datatypes.ts';
import { type DataOf, type DType, isTypedArray } from '../../arrays/dtype.ts';
import { fromNested } from '../../arrays/from-nested.ts';
import { fromData, NdArray } from '../../arrays/ndarray.ts';
import { numbersAs, readElement } from '../../arrays/numbers-as.ts';
import { stringify, toJsonValue } from '../../json/write-json.ts';
import { isPlainObject } from '../../objects.ts';
import { show } from '../../show.ts';
import type { AnswerPayload } from '../protocol.ts';
import { type AnswerTensor, DEFAULT_NAME, datatypeIn, plainTensor, shapeOf } from './answer-tensor.ts';
import type { Port } from './ports.ts';

/**
 * The tensors of an answer's payload: one for an array, a text or bytes; one for each member of an object of
 * arrays, lists, texts or bytes; any other object is one BYTES of JSON text.
 *
 * @param ports - the outputs in the model's metadata: where one names a datatype, the elements become that.
 * @throws Error for elements that the datatype does not have, or that no datatype has: the model is at fault.
 */
export async function tensorsOf(
  payload: AnswerPayload,
  ports: readonly Port[],
): Promise<readonly AnswerTensor[]> {
  const [port] = ports;
  const name = port?.name ?? DEFAULT_NAME;
  if (!isPlainObject(payload)) {
    return [await toTensor(name, payload, port)];
  }
  const members = Object.entries(payload);
  if (members.length === 0 || !members.every(([, value]) => isTensorValue(value))) {
    if (!mayBeBytes(port)) {
      throw new Error(`output ${name}: the metadata says ${port?.datatype}, but it is ${show(payload)}`);
    }
    return [jsonTensor(name, [payload], [1])];
  }
  const tensors: AnswerTensor[] = [];
  for (const [key, value] of members) {
    tensors.push(
      await toTensor(
        key,
        value,
        ports.find((each) => each.name === key),
      ),
    );
  }
  return tensors;
}

function isTensorValue(value: unknown): boolean {
  return value instanceof NdArray || isTypedArray(value) || Array.isArray(value) || typeof value === 'string';
}

/** Whether an output may be texts or bytes, as far as the metadata say. */
function mayBeBytes(port: Port | undefined): boolean {
  return (port?.datatype ?? 'BYTES') === 'BYTES';
}

async function toTensor(name: string, value: unknown, port: Port | undefined): Promise<AnswerTensor> {
  if (mayBeBytes(port) && typeof value === 'string') {
    return { name, datatype: 'BYTES', shape: [1], data: [value] };
  }
  if (mayBeBytes(port) && value instanceof Uint8Array) {
    return { name, datatype: 'BYTES', shape: [1], data: [value], contentType: 'base64' };
  }
  const array = await toArray(value);
  const plain = plainTensor(name, array, port);
  if (plain !== undefined) {
    return plain;
  }
  const shape = shapeOf(array);
  return port?.datatype !== undefined && port.datatype !== datatypeIn(name, array)
    ? { name, datatype: port.datatype, shape, data: converted(name, array, port.datatype) }
    : bytesTensor(name, array.toFlat(), shape);
}

async function toArray(value: unknown): Promise<NdArray> {
  if (value instanceof NdArray) {
    return value;
  }
  if (isTypedArray(value)) {
    return fromData(value);
  }
  const array = fromNested(value);
  if (array.dtype !== 'object' || !Array.isArray(value)) {
    return array;
  }
  // It may hold arrays as its rows.
  const { fromArrays } = await import('../../arrays/stack.ts');
  return fromArrays(value) ?? array;
}

/** Texts stay texts. With bytes among them, all are bytes; with anything else, all are JSON. */
function bytesTensor(name: string, elements: readonly unknown[], shape: readonly number[]): AnswerTensor {
  if (elements.every((element) => typeof element === 'string')) {
    return { name, datatype: 'BYTES', shape, data: elements as readonly string[] };
  }
  if (!elements.every((element) => typeof element === 'string' || element instanceof Uint8Array)) {
    return jsonTensor(name, elements, shape);
  }
  const data = elements.map((element) => (typeof element === 'string' ? Buffer.from(element) : element));
  return { name, datatype: 'BYTES', shape, data: data as readonly Uint8Array[], contentType: 'base64' };
}

function jsonTensor(name: string, values: readonly unknown[], shape: readonly number[]): AnswerTensor {
  const data = values.map((value, index) => stringify(toJsonValue(value, `output ${name}[${index}]`)));
  return { name, datatype: 'BYTES', shape, data, contentType: 'json' };
}

/** The elements as the datatype that the metadata names. */
function converted(name: string, array: NdArray, datatype: Datatype): DataOf[DType] {
  const refuse = (index: number, value: unknown) =>
    new Error(`output ${name}: the metadata says ${datatype}, but element ${index} is ${show(value)}`);
  if (datatype === 'BYTES') {
    const elements = array.toFlat();
    if (elements.length > 0) {
      throw refuse(0, elements[0]);
    }
    // A list without elements has the dtype of numbers.
    return [];
  }
  if (array.dtype === 'float64') {
    return numbersAs(array.data as Float64Array, datatype, refuse);
  }
  const elements = array.toFlat().map((value, index) => {
    const number = typeof value === 'boolean' && datatype !== 'BOOL' ? Number(value) : value;
    const element = readElement(number, datatype as PlainDatatype);
    if (element === undefined || value === null) {
      throw refuse(index, value);
    }
    return element;
  });
  return fromData(elements, undefined, DATATYPES[datatype].dtype).data;
}
