import type { Growth } from '../../../arrays/growth.ts';
import { NdArray } from '../../../arrays/ndarray.ts';
import type { Codec } from './codec.ts';

// Loaded at the first use: few callers send it, and it is 5 kB.
const load = () => import('../tensor-proto.ts');

/** `data.tftensor`: TensorFlow's TensorProto in protobuf's JSON mapping. */
export const tftensor = {
  kind: 'tftensor',
  decode: async (field: unknown, growth: Growth) => (await load()).readTensorProto(field, growth),
  encode: async (payload) =>
    payload instanceof NdArray ? (await load()).encodeTensorProto(payload) : undefined,
} satisfies Codec;
