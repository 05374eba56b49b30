import { type DataOf, type DType, isTypedArray, TYPED_ARRAY } from '../runtime/arrays/dtype.ts';
import { fromNested } from '../runtime/arrays/from-nested.ts';
import { fromData, type NdArray } from '../runtime/arrays/ndarray.ts';
import { toJsonValue } from '../runtime/json/write-json.ts';
import type { Meta, SeldonMessage } from '../runtime/model/message.ts';
import { isPlainObject, isRecord } from '../runtime/objects.ts';
import { kindOf } from '../runtime/show.ts';
import { Answer } from './answer.ts';
import { type ArrayForm, toDefaultData } from './array-form.ts';
import { toBase64 } from './base64.ts';

/** One of JavaScript's typed arrays. */
export type TypedArray = DataOf[keyof typeof TYPED_ARRAY];

/** Nested lists of plain values; the innermost lists may be typed arrays. */
export type NestedList = readonly (NestedList | TypedArray | number | bigint | boolean | string | null)[];

/** A flat array with its shape, such as an `NdArray` or the `array` of an answer. */
export interface FlatArray {
  /** The elements, row-major; complex numbers as re, im, re, im. */
  readonly data: TypedArray | readonly unknown[];
  /** Length of each axis; one may be -1, and gets the length that is left. */
  readonly shape: readonly number[];
  /**
   * Default: that of the data. Needed for bfloat16 and complex numbers, and for float16 as a Float32Array.
   */
  readonly dtype?: DType;
  /** Names of the columns. */
  readonly names?: readonly string[] | undefined;
}

/** A whole message, as in Seldon's protocol; `binData` may be bytes, and typed arrays may stand for lists. */
export type MessageInput = Omit<SeldonMessage, 'binData'> & { readonly binData?: Uint8Array | string | null };

/**
 * The payload of a request: nested lists, a flat array with its shape, a whole message, or the answer of an
 * earlier call, whose tags and puid travel on.
 */
export type Input = NestedList | FlatArray | MessageInput | Answer;

/** How an input becomes a message. */
export interface MessageOptions {
  readonly arrays: ArrayForm;
  readonly names?: readonly string[] | undefined;
  readonly meta?: Meta | undefined;
}

/**
 * Makes the message of an input, ready to be written as JSON.
 *
 * @param path - of the input, for the error.
 * @throws TypeError for anything that is not an input.
 */
export function toMessage(
  input: Input,
  { arrays, names, meta }: MessageOptions,
  path = 'input',
): SeldonMessage {
  const message = input instanceof Answer ? input.message : toOwnMessage(input, arrays, path);
  return {
    ...message,
    ...(names && message.data && { data: { ...message.data, names } }),
    ...(meta && { meta: { ...message.meta, ...toJson(meta, 'meta') } }),
  };
}

const FIELDS = ['data', 'strData', 'binData', 'jsonData', 'meta'] as const;

function toOwnMessage(input: unknown, arrays: ArrayForm, path: string): SeldonMessage {
  if (Array.isArray(input)) {
    return { data: attempt(path, () => toDefaultData(fromNested(withLists(input), 'objects'), arrays)) };
  }
  if (isFlatArray(input)) {
    const data = attempt(path, () => toDefaultData(fromFlat(input), arrays));
    return { data: input.names ? { ...data, names: input.names } : data };
  }
  if (!isRecord(input) || !FIELDS.some((field) => field in input)) {
    throw new TypeError(
      `${path}: expected nested lists, {data, shape}, or a message with data, strData, binData or jsonData; ` +
        `got ${describe(input)}`,
    );
  }
  const { binData } = input;
  return toJson(binData instanceof Uint8Array ? { ...input, binData: toBase64(binData) } : input, path);
}

function describe(input: unknown): string {
  if (isPlainObject(input)) {
    return 'an object with none of these fields';
  }
  return input == null ? `${input}` : `${kindOf(input)}${isTypedArray(input) ? ' without a shape' : ''}`;
}

/** Whether an input is a flat array: a message has an object as its `data`, and no shape. */
export function isFlatArray(input: unknown): input is FlatArray {
  return (
    isRecord(input) && Array.isArray(input.shape) && (Array.isArray(input.data) || isTypedArray(input.data))
  );
}

/** Makes an array of a flat one. */
export function fromFlat({ data, shape, dtype }: FlatArray): NdArray {
  if (dtype === undefined || !(dtype in TYPED_ARRAY)) {
    return fromData(data as DataOf[DType], shape);
  }
  const { name } = TYPED_ARRAY[dtype as keyof typeof TYPED_ARRAY];
  const { name: found } = data.constructor;
  // A list would lose what the dtype cannot hold.
  if (found !== name && !(found === 'Float16Array' && dtype === 'float16')) {
    throw new TypeError(`dtype ${dtype}: expected the data as ${name}, got ${found}`);
  }
  return fromData(data as TypedArray, shape, dtype);
}

/** Nested lists with lists in the place of typed arrays. */
export function withLists(list: readonly unknown[]): readonly unknown[] {
  return list.some((item) => typeof item === 'object')
    ? list.map((item) =>
        Array.isArray(item) ? withLists(item) : isTypedArray(item) ? Array.from<unknown>(item) : item,
      )
    : list;
}

function toJson<T>(value: T, path: string): T {
  return attempt(undefined, () => toJsonValue(value, path)) as T;
}

/**
 * Makes a TypeError of whatever fails: a mistake of the caller. `path`: its place, if the message lacks it.
 */
export function attempt<T>(path: string | undefined, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const { message } = error as Error;
    throw new TypeError(path === undefined ? message : `${path}: ${message}`, { cause: error });
  }
}
