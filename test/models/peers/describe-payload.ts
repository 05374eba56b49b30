import { NdArray, type Payload } from 'seldon-lambda';

/** Says what a payload is: its kind, and dtype, shape and values of an array. */
export function describePayload(payload: Payload): unknown {
  if (payload instanceof NdArray) {
    const { dtype, shape } = payload;
    const values = payload
      .toFlat()
      .map((value) => (value instanceof Uint8Array ? toText(value) : toNumber(value)));
    return { type: 'NdArray', dtype, shape, values };
  }
  if (payload instanceof Uint8Array) {
    return { type: 'bytes', values: toText(payload) };
  }
  return typeof payload === 'string'
    ? { type: 'string', values: payload }
    : { type: 'object', keys: Object.keys(payload as object) };
}

function toNumber(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function toText(bytes: Uint8Array): string {
  return `bytes ${Buffer.from(bytes).toString('hex')}`;
}
