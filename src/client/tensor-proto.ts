import { type DataOf, type DType, TYPED_ARRAY } from '../runtime/arrays/dtype.ts';
import { fromBfloat16, fromHalf, toHalf } from '../runtime/arrays/half.ts';
import { fromBuffer, fromData, type NdArray } from '../runtime/arrays/ndarray.ts';
import { sizeOf } from '../runtime/arrays/shape.ts';
import { TENSOR_TYPES } from '../runtime/arrays/tensor-types.ts';
import { isRecord } from '../runtime/objects.ts';
import { show } from '../runtime/show.ts';
import { fromBase64, toBase64 } from './base64.ts';

/** Whether a TensorProto can carry arrays of `dtype` as they are. */
export function hasTensorType(dtype: DType): boolean {
  return dtype === 'bool' || (dtype in TYPED_ARRAY && dtype !== 'bfloat16');
}

/** Writes an array as TensorFlow's TensorProto, in protobuf's JSON mapping. */
export function toTensorProto({ dtype, shape, data }: NdArray): unknown {
  const type = TENSOR_TYPES.find((each) => each.dtype === dtype);
  return {
    dtype: type?.name,
    tensorShape: { dim: shape.map((size) => ({ size: String(size) })) },
    ...(sizeOf(shape) > 0 && { tensorContent: toBase64(bytesOf(dtype, data)) }),
  };
}

/** Little-endian, as on every machine that runs this. */
function bytesOf(dtype: DType, data: DataOf[DType]): Uint8Array {
  if (dtype === 'bool') {
    return Uint8Array.from(data as boolean[], Number);
  }
  const { buffer, byteOffset, byteLength } =
    dtype === 'float16' ? new Uint16Array((data as Float32Array).map(toHalf)) : (data as Float64Array);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Reads TensorFlow's TensorProto in protobuf's JSON mapping.
 *
 * @throws Error naming the field that is malformed.
 */
export function readTensorProto(proto: unknown): NdArray {
  const { dtype, tensorShape, tensorContent, ...lists } = isRecord(proto) ? proto : {};
  const type = TENSOR_TYPES.find(({ number, name }) => dtype === name || dtype === number);
  if (type === undefined) {
    throw new Error(`data.tftensor.dtype: expected a type of TensorFlow, got ${show(dtype)}`);
  }
  const dim = isRecord(tensorShape) && Array.isArray(tensorShape.dim) ? tensorShape.dim : [];
  // Protobuf leaves out what is 0.
  const shape = dim.map((axis) => Number(axis?.size ?? 0));
  const content = typeof tensorContent === 'string' ? fromBase64(tensorContent) : undefined;
  const data = content?.length
    ? fromContent(content, type.dtype)
    : fromList(lists[type.field] ?? [], type.dtype, `data.tftensor.${type.field}`);
  return fromData(data, shape, type.dtype);
}

function fromContent({ buffer }: Uint8Array<ArrayBuffer>, dtype: DType): DataOf[DType] {
  switch (dtype) {
    case 'bool':
      return Array.from(new Uint8Array(buffer), Boolean);
    case 'float16':
      return new Float32Array(new Uint16Array(buffer)).map(fromHalf);
    case 'bfloat16':
      return Float32Array.from(new Uint16Array(buffer), fromBfloat16);
    case 'object':
      throw new Error('data.tftensor: expected texts as stringVal, got tensorContent');
    default:
      return fromBuffer(buffer, dtype as keyof typeof TYPED_ARRAY);
  }
}

function fromList(list: unknown, dtype: DType, path: string): DataOf[DType] {
  if (!Array.isArray(list)) {
    throw new Error(`${path}: expected a list, got ${show(list)}`);
  }
  switch (dtype) {
    case 'bool':
      return list;
    case 'object':
      return list.map((text) => fromBase64(String(text)));
    case 'float16':
      return Float32Array.from(list, fromHalf);
    case 'bfloat16':
      return Float32Array.from(list, fromBfloat16);
    case 'int64':
      return BigInt64Array.from(list, BigInt);
    case 'uint64':
      return BigUint64Array.from(list, BigInt);
    default:
      return new TYPED_ARRAY[dtype as Exclude<keyof typeof TYPED_ARRAY, 'int64' | 'uint64'>](
        list.map(Number),
      );
  }
}
