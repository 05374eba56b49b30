import { fromBase64, toBase64 } from '../../../base64.ts';
import { badData } from '../../../errors.ts';
import type { Codec } from './codec.ts';

/** `binData`: bytes as base64. Reads the standard and the URL-safe alphabet, and writes the standard one. */
export const binData = {
  kind: 'binData',
  decode(field) {
    const bytes = typeof field === 'string' ? fromBase64(field) : undefined;
    if (bytes === undefined) {
      throw badData('binData: expected base64 (standard or URL-safe alphabet)');
    }
    return bytes;
  },
  encode: (payload) => (payload instanceof Uint8Array ? { text: `"${toBase64(payload)}"` } : undefined),
} satisfies Codec;
