import { type DataOf, type DType, isComplex, isNumeric, TYPED_ARRAY } from '../../arrays/dtype.ts';
import { type Growth, grow } from '../../arrays/growth.ts';
import { fromBfloat16, fromHalf, toHalf } from '../../arrays/half.ts';
import { fromBuffer, fromData, type NdArray } from '../../arrays/ndarray.ts';
import { toData } from '../../arrays/nested-lists.ts';
import { checkShape, sizeOf } from '../../arrays/shape.ts';
import { TENSOR_TYPES, type TensorType } from '../../arrays/tensor-types.ts';
import { fromBase64, toBase64 } from '../../base64.ts';
import { badData } from '../../errors.ts';
import { toJsonNumbers } from '../../json/write-json.ts';
import { show } from '../../show.ts';
import { checkFields, inCamelCase, readShape } from './tensor-fields.ts';
import { readValue, ZERO_OF } from './tensor-values.ts';

/**
 * Reads `data.tftensor`: TensorFlow's TensorProto in protobuf's JSON mapping. Field names are in camelCase or
 * snake_case.
 *
 * @param growth - of the request: a list that is shorter than the shape is filled up.
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the field that is malformed.
 */
export function readTensorProto(json: unknown, growth: Growth): NdArray {
  const proto = inCamelCase(json, 'data.tftensor');
  const type = readType(proto.dtype);
  checkFields(proto, type);
  const shape: readonly unknown[] = readShape(proto.tensorShape);
  checkShape(shape, 'data.tftensor.tensorShape', growth);
  const length = sizeOf(shape) * (isComplex(type.dtype) ? 2 : 1);
  const bytes = readBytes(proto.tensorContent);
  const data = bytes?.length
    ? readContent(bytes, type, length)
    : readList(proto[type.field], { type, length, growth });
  return fromData(data as DataOf[DType], shape, type.dtype);
}

function readBytes(content: unknown): Uint8Array | undefined {
  if (content == null) {
    return undefined;
  }
  const bytes = typeof content === 'string' ? fromBase64(content) : undefined;
  if (bytes === undefined) {
    throw badData('data.tftensor.tensorContent: expected base64 text');
  }
  return bytes;
}

function readType(dtype: unknown): TensorType {
  const type = TENSOR_TYPES.find(({ number, name }) => dtype === name || dtype === number);
  if (type === undefined) {
    throw badData(
      `data.tftensor.dtype: expected one of ${TENSOR_TYPES.map(({ name }) => name).join(', ')}, got ${show(dtype)}`,
    );
  }
  return type;
}

/** Reads little-endian content: TensorFlow writes it, and every processor of Lambda uses it. */
function readContent(
  bytes: Uint8Array,
  { dtype, bytes: width }: TensorType,
  length: number,
): ArrayLike<unknown> {
  if (dtype === 'object') {
    throw badData('data.tftensor: DT_STRING comes as stringVal, not as tensorContent');
  }
  const components = isComplex(dtype) ? 2 : 1;
  if (bytes.length * components !== length * width) {
    throw badData(
      `data.tftensor.tensorContent: ${bytes.length} bytes do not fill the shape, which takes ${(length * width) / components}`,
    );
  }
  // A copy: a typed array must start at a multiple of its element's size.
  const { buffer } = new Uint8Array(bytes);
  switch (dtype) {
    case 'bool':
      return Array.from(bytes, Boolean);
    case 'float16':
      return Array.from(new Uint16Array(buffer), fromHalf);
    case 'bfloat16':
      return Array.from(new Uint16Array(buffer), fromBfloat16);
    default:
      return fromBuffer(buffer, dtype as Exclude<typeof dtype, 'string'>);
  }
}

/** How a list of values is read: `length` is that of the filled list, two for each complex number. */
interface Filling {
  readonly type: TensorType;
  readonly length: number;
  readonly growth: Growth;
}

/**
 * Reads a list of values. If the list is shorter than the shape, its last value is repeated; an empty list
 * means all zeros.
 */
function readList(json: unknown, { type, length, growth }: Filling): ArrayLike<unknown> {
  const list = json ?? [];
  const path = `data.tftensor.${type.field}`;
  if (!Array.isArray(list)) {
    throw badData(`${path}: expected a list`);
  }
  if (list.length > length) {
    throw badData(`${path}: ${list.length} values do not fit into the shape, which takes ${length}`);
  }
  const components = isComplex(type.dtype) ? 2 : 1;
  if (list.length % components !== 0) {
    throw badData(
      `${path}: expected the real and the imaginary part of each number, got ${list.length} values`,
    );
  }
  const values = list.map((value, index) => readValue(value, type, `${path}[${index}]`));
  const zero = readValue(ZERO_OF[type.dtype] ?? 0, type, '');
  const last = values.length > 0 ? values.slice(-components) : [zero, zero];
  const missing = length - values.length;
  grow(growth, missing * bytesOf(last[0], type.dtype), 'data.tftensor.tensorShape');
  const data = toData([values], length, type.dtype) as unknown[];
  for (let at = values.length; at < length; at++) {
    data[at] = last[at % components];
  }
  return data;
}

/** The bytes that one more element takes in memory. */
function bytesOf(value: unknown, dtype: DType): number {
  return dtype in TYPED_ARRAY
    ? TYPED_ARRAY[dtype as keyof typeof TYPED_ARRAY].BYTES_PER_ELEMENT
    : 8 + (value instanceof Uint8Array ? value.length : 0);
}
/** Encodes an array of numbers or of bytes; undefined for any other. */
export function encodeTensorProto(array: NdArray): { readonly value: unknown } | undefined {
  return isNumeric(array.dtype) || isBytes(array) ? { value: toTensorProto(array) } : undefined;
}

function isBytes(array: NdArray): boolean {
  return array.dtype === 'object' && array.toFlat().every((element) => element instanceof Uint8Array);
}

/**
 * Writes an array of numbers or of bytes, like TensorFlow's make_tensor_proto: bytes and a single value go
 * into their typed list, several numbers go into `tensorContent`, and an empty array has neither.
 */
function toTensorProto(array: NdArray): Record<string, unknown> {
  const type = TENSOR_TYPES.find(({ dtype }) => dtype === array.dtype) as TensorType;
  const dim = array.shape.map((length) => (length === 0 ? {} : { size: String(length) }));
  const proto = { dtype: type.name, tensorShape: dim.length === 0 ? {} : { dim } };
  const size = sizeOf(array.shape);
  if (size === 0) {
    return proto;
  }
  return size === 1 || array.dtype === 'object'
    ? { ...proto, [type.field]: toList(array) }
    : { ...proto, tensorContent: toContent(array) };
}

function toList(array: NdArray): readonly unknown[] {
  const values: unknown[] = Array.from(array.data as ArrayLike<unknown>);
  switch (array.dtype) {
    case 'float16':
      return values.map((value) => toHalf(value as number));
    case 'object':
      return values.map((value) => toBase64(value as Uint8Array));
    default:
      return toJsonNumbers(values.map((value) => (typeof value === 'bigint' ? String(value) : value)));
  }
}

function toContent(array: NdArray): string {
  const { buffer, byteOffset, byteLength } =
    array.dtype === 'float16'
      ? new Uint16Array((array.data as Float32Array).map(toHalf))
      : (array.data as Float64Array);
  return toBase64(new Uint8Array(buffer, byteOffset, byteLength));
}
