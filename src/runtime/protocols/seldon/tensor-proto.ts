import { isComplex } from '../../arrays/dtype.ts';
import { fromBfloat16, fromHalf, toHalf } from '../../arrays/half.ts';
import { fromBuffer, fromData, type NdArray } from '../../arrays/ndarray.ts';
import { checkShape, sizeOf } from '../../arrays/shape.ts';
import { fromBase64, toBase64 } from '../../base64.ts';
import { badData } from '../../errors.ts';
import { toJsonNumbers } from '../../json/write-json.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';
import { TENSOR_TYPES, type TensorType } from './tensor-types.ts';
import { readValue, toInteger, ZERO_OF } from './tensor-values.ts';

/**
 * The most elements that a short list is filled up to. Without this limit, a request of twenty bytes could
 * take all memory.
 */
const MAX_FILLED = 2 ** 22;

/**
 * Reads `data.tftensor`: TensorFlow's TensorProto in protobuf's JSON mapping. Field names are in camelCase or
 * snake_case.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the field that is malformed.
 */
export function readTensorProto(json: unknown): NdArray {
  const proto = readObject(json, 'data.tftensor');
  const type = readType(proto.dtype);
  const shape = checkShape(readShape(field(proto, 'tensorShape')), 'data.tftensor.tensorShape');
  const length = sizeOf(shape) * (isComplex(type.dtype) ? 2 : 1);
  const content = field(proto, 'tensorContent');
  const bytes = typeof content === 'string' ? fromBase64(content) : undefined;
  if (content != null && bytes === undefined) {
    throw badData('data.tftensor.tensorContent: expected base64 text');
  }
  const list = bytes?.length
    ? readContent(bytes, type, length)
    : readList(field(proto, type.field), type, length);
  return fromData(list as unknown[], shape, type.dtype);
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

function readShape(json: unknown): number[] {
  if (json == null) {
    return [];
  }
  const { dim } = readObject(json, 'data.tftensor.tensorShape');
  if (dim == null) {
    return [];
  }
  if (!Array.isArray(dim)) {
    throw badData('data.tftensor.tensorShape.dim: expected a list of {size}');
  }
  return dim.map((item, axis) => {
    const { size } = readObject(item, `data.tftensor.tensorShape.dim[${axis}]`);
    const length = size == null ? 0 : toInteger(size);
    if (length === undefined || length < 0 || length > Number.MAX_SAFE_INTEGER) {
      throw badData(
        `data.tftensor.tensorShape.dim[${axis}].size: expected a whole number of 0 or more, got ${show(size)}`,
      );
    }
    return Number(length);
  });
}

/** Reads little-endian content: TensorFlow writes it, and every processor of Lambda uses it. */
function readContent(
  bytes: Uint8Array,
  { dtype, bytes: width }: TensorType,
  length: number,
): ArrayLike<unknown> {
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
    case 'object':
    case 'string':
      throw badData('data.tftensor: DT_STRING comes as stringVal, not as tensorContent');
    default:
      return fromBuffer(buffer, dtype);
  }
}

/**
 * Reads a list of values. If the list is shorter than the shape, its last value is repeated; an empty list
 * means all zeros.
 */
function readList(json: unknown, type: TensorType, length: number): unknown[] {
  const list = json ?? [];
  if (!Array.isArray(list)) {
    throw badData(`data.tftensor.${type.field}: expected a list`);
  }
  if (list.length > length) {
    throw badData(
      `data.tftensor.${type.field}: ${list.length} values do not fit into the shape, which takes ${length}`,
    );
  }
  if (length > Math.max(list.length, MAX_FILLED)) {
    throw badData(`data.tftensor.tensorShape: more than ${MAX_FILLED} elements, but ${list.length} values`);
  }
  const values = list.map((value, index) => readValue(value, type, `data.tftensor.${type.field}[${index}]`));
  const zero = readValue(ZERO_OF[type.dtype] ?? 0, type, '');
  const components = isComplex(type.dtype) ? 2 : 1;
  while (values.length < length) {
    values.push(values.length < components ? zero : values[values.length - components]);
  }
  return values;
}

/**
 * Writes an array of numbers, like TensorFlow's make_tensor_proto: a single value goes into its typed list,
 * several values go into `tensorContent`, and an empty array has neither.
 */
export function toTensorProto(array: NdArray): Record<string, unknown> {
  const type = TENSOR_TYPES.find(({ dtype }) => dtype === array.dtype) as TensorType;
  const dim = array.shape.map((length) => (length === 0 ? {} : { size: String(length) }));
  const proto = { dtype: type.name, tensorShape: dim.length === 0 ? {} : { dim } };
  const size = sizeOf(array.shape);
  if (size === 0) {
    return proto;
  }
  return size === 1
    ? { ...proto, [type.field]: toList(array) }
    : { ...proto, tensorContent: toContent(array) };
}

function toList(array: NdArray): readonly unknown[] {
  const values: unknown[] = Array.from(array.data as ArrayLike<unknown>);
  if (array.dtype === 'float16') {
    return values.map((value) => toHalf(value as number));
  }
  return toJsonNumbers(values.map((value) => (typeof value === 'bigint' ? String(value) : value)));
}

function toContent(array: NdArray): string {
  const { buffer, byteOffset, byteLength } =
    array.dtype === 'float16'
      ? Uint16Array.from(array.data as Float32Array, toHalf)
      : (array.data as Float64Array);
  return toBase64(new Uint8Array(buffer, byteOffset, byteLength));
}

function readObject(json: unknown, path: string): Record<string, unknown> {
  if (!isRecord(json)) {
    throw badData(`${path}: expected an object`);
  }
  return json;
}

function field(proto: Record<string, unknown>, name: string): unknown {
  return proto[name] ?? proto[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}
