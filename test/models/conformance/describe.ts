import { NdArray } from 'seldon-lambda';

/** Describes a value as plain JSON: its kind, and what belongs to that kind. */
export function D(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) {
    return { kind: 'null' };
  }
  if (typeof value === 'bigint' || Number.isInteger(value)) {
    return { kind: 'integer', value };
  }
  if (typeof value === 'number') {
    return { kind: 'float', value };
  }
  if (value instanceof Uint8Array) {
    return { kind: 'bytes', length: value.length, hex: toHex(value) };
  }
  if (value instanceof NdArray) {
    return { kind: 'array', dtype: value.dtype, shape: value.shape, value: withoutBytes(value.toNested()) };
  }
  return { kind: Array.isArray(value) ? 'list' : typeof value, value };
}

function withoutBytes(nested: unknown): unknown {
  if (Array.isArray(nested)) {
    return nested.map(withoutBytes);
  }
  return nested instanceof Uint8Array ? `hex:${toHex(nested)}` : nested;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
