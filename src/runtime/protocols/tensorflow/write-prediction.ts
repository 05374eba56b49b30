import { isComplex, isTypedArray } from '../../arrays/dtype.ts';
import { fromNested } from '../../arrays/from-nested.ts';
import { fromData, NdArray } from '../../arrays/ndarray.ts';
import { shortDoubles } from '../../arrays/short-float32.ts';
import { toBase64 } from '../../base64.ts';
import { MAX_WRITE_DEPTH } from '../../json/depth.ts';
import { stringify, toJsonValue } from '../../json/write-json.ts';
import { isPlainObject } from '../../objects.ts';
import type { AnswerPayload, Reply } from '../protocol.ts';

/**
 * Writes the answer to a prediction: `predictions` for `instances`, `outputs` for `inputs`.
 *
 * - An array is nested lists. NaN and infinities are null; bytes are `{"b64"}`; float32 numbers have the
 *   fewest digits that read back as the same float32.
 * - An object of arrays is several outputs: for `instances` an object for each row, if all have as many rows,
 *   and else one object of them all. A single output stands for itself.
 * - Any other object is answered as it is.
 *
 * @throws Error for what JSON cannot carry: the model is at fault.
 */
export function writePrediction(payload: AnswerPayload, format: 'instances' | 'inputs'): Reply {
  const name = format === 'instances' ? 'predictions' : 'outputs';
  return { body: stringify({ [name]: answerOf(payload, format) }) };
}

function answerOf(payload: AnswerPayload, format: 'instances' | 'inputs'): unknown {
  if (payload instanceof NdArray) {
    return toJson(payload, 0);
  }
  if (typeof payload === 'string' || payload instanceof Uint8Array) {
    return [toJson(payload, 0)];
  }
  const arrays = Object.entries(payload).map(([name, value]) => [name, toArray(value)] as const);
  if (arrays.length === 0 || !arrays.every(isOutput)) {
    return toJson(payload, 0);
  }
  const outputs = arrays.map(([name, array]) => [name, toJson(array, 0)] as const);
  const [first, ...others] = arrays;
  if (first !== undefined && others.length === 0) {
    return outputs[0]?.[1];
  }
  const rows = first?.[1].shape[0];
  const isByRow = arrays.every(([, { shape }]) => shape.length > 0 && shape[0] === rows);
  return format === 'instances' && isByRow
    ? Array.from({ length: rows as number }, (_, row) =>
        Object.fromEntries(outputs.map(([name, lists]) => [name, (lists as readonly unknown[])[row]])),
      )
    : Object.fromEntries(outputs);
}

function isOutput(member: readonly [string, NdArray | undefined]): member is readonly [string, NdArray] {
  return member[1] !== undefined;
}

/** The array of an output; undefined for a value that is none. Bytes are a value. */
function toArray(value: unknown): NdArray | undefined {
  if (value instanceof NdArray) {
    return value;
  }
  if (isTypedArray(value) && !(value instanceof Uint8Array)) {
    return fromData(value);
  }
  return Array.isArray(value) ? fromNested(value) : undefined;
}

/** A value as JSON can carry it; a bigint stays. */
function toJson(value: unknown, depth: number): unknown {
  if (value instanceof NdArray) {
    return arrayToJson(value, depth);
  }
  if (value instanceof Uint8Array) {
    return { b64: toBase64(value) };
  }
  if (depth > MAX_WRITE_DEPTH) {
    throw new Error(`the answer is nested deeper than ${MAX_WRITE_DEPTH} levels, or contains itself`);
  }
  const array = Array.isArray(value) ? undefined : toArray(value);
  if (array !== undefined) {
    return arrayToJson(array, depth);
  }
  if (Array.isArray(value)) {
    return Array.from(value, (item) => toJson(item, depth + 1));
  }
  if (isPlainObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJson(item, depth + 1)]));
  }
  // JSON.stringify writes null for what is not finite.
  return typeof value === 'number' ? value : toJsonValue(value, 'the answer');
}

/** The nested lists of an array. */
function arrayToJson(array: NdArray, depth: number): unknown {
  const { dtype, shape } = array;
  if (isComplex(dtype)) {
    throw new Error(`the answer has the dtype ${dtype}, which the protocol does not have`);
  }
  if (dtype === 'object') {
    return toJson(array.toNested(), depth + 1);
  }
  const { data } = array;
  return data instanceof Float32Array ? fromData(shortDoubles(data), shape).toNested() : array.toNested();
}
