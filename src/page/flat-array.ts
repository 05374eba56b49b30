import type { DefaultData } from '../runtime/model/message.ts';
import { unpack } from './tensor-content.ts';

/** The array of a message as one list, whatever its kind. */
interface FlatArray {
  /** One axis or two. */
  readonly shape: readonly number[];
  /** Row by row. */
  readonly values: readonly unknown[];
  /** Makes the same data with other values. */
  with(values: readonly unknown[]): DefaultData;
}

/** The array of `data`; undefined for more than two axes, rows of unequal length, and packed texts. */
export function flatArray(data: DefaultData | null | undefined): FlatArray | undefined {
  try {
    return readArray(data);
  } catch {
    // Half a message, while it is typed; or the answer of a raw method.
    return undefined;
  }
}

function readArray(data: DefaultData | null | undefined): FlatArray | undefined {
  if (data?.tensor !== undefined) {
    return ofTensor(data);
  }
  if (data?.ndarray !== undefined) {
    return ofNested(data);
  }
  return data?.tftensor === undefined ? undefined : ofTensorProto(data);
}

function ofTensor(data: DefaultData): FlatArray | undefined {
  const tensor = data.tensor as { shape?: unknown; values?: unknown };
  return checked(tensor.shape, tensor.values, (values) => ({ ...data, tensor: { ...tensor, values } }));
}

function ofNested(data: DefaultData): FlatArray | undefined {
  const { ndarray } = data;
  if (!Array.isArray(ndarray)) {
    return undefined;
  }
  if (!ndarray.some(Array.isArray)) {
    return checked([ndarray.length], ndarray, (values) => ({ ...data, ndarray: values }));
  }
  const rows: unknown[][] = ndarray;
  const columns = rows[0]?.length ?? 0;
  if (rows.some((row) => !Array.isArray(row) || row.length !== columns)) {
    return undefined;
  }
  return checked([rows.length, columns], rows.flat(), (values) => ({
    ...data,
    ndarray: rows.map((_, row) => values.slice(row * columns, (row + 1) * columns)),
  }));
}

function ofTensorProto(data: DefaultData): FlatArray | undefined {
  const { tensorContent, ...proto } = data.tftensor as TensorProto;
  const shape = proto.tensorShape?.dim?.map(({ size }) => Number(size));
  const key = Object.keys(proto).find((name) => /^(float|double|int|int64|bool)Val$/.test(name));
  const values = key === undefined ? unpack(proto.dtype, tensorContent) : proto[key];
  const change =
    key === undefined
      ? (doubleVal: readonly unknown[]) => ({ ...proto, dtype: 'DT_DOUBLE', doubleVal })
      : (changed: readonly unknown[]) => ({ ...proto, [key]: changed });
  return checked(shape, values, (changed) => ({ ...data, tftensor: change(changed) }));
}

/** The members of a TensorProto that are used. */
type TensorProto = Readonly<Record<string, unknown>> & {
  readonly tensorShape?: { readonly dim?: readonly { readonly size?: unknown }[] };
};

function checked(shape: unknown, values: unknown, replace: FlatArray['with']): FlatArray | undefined {
  if (!Array.isArray(shape) || shape.length < 1 || shape.length > 2 || !Array.isArray(values)) {
    return undefined;
  }
  const size = shape.reduce((product, length) => product * length, 1);
  return size === values.length && !values.some((value) => typeof value === 'object')
    ? { shape, values, with: replace }
    : undefined;
}
