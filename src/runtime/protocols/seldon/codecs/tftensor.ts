import { isNumeric } from '../../../arrays/dtype.ts';
import { NdArray } from '../../../arrays/ndarray.ts';
import type { Codec } from './codec.ts';

// Loaded at the first use: few callers send it, and it is 5 kB.
const load = () => import('../tensor-proto.ts');

/** `data.tftensor`: TensorFlow's TensorProto in protobuf's JSON mapping. */
export const tftensor = {
  kind: 'tftensor',
  decode: async (field: unknown) => (await load()).readTensorProto(field),
  encode: async (payload) =>
    payload instanceof NdArray && isNumeric(payload.dtype)
      ? { value: (await load()).toTensorProto(payload) }
      : undefined,
} satisfies Codec;
