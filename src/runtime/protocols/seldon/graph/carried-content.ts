import { arePlain, lend, lentNumbers } from '../../../arrays/borrowed.ts';
import { isComplex, isNumeric } from '../../../arrays/dtype.ts';
import { NdArray } from '../../../arrays/ndarray.ts';
import { sizeOf } from '../../../arrays/shape.ts';
import type { AnswerPayload } from '../../protocol.ts';
import type { ArrayKind, PayloadKind } from '../codecs/codec.ts';
import { codecs } from '../codecs/index.ts';
import type { OwnMessage } from './message-flow.ts';

/** A payload that text carries without a change. It belongs to the flow. */
export interface Content {
  readonly kind: PayloadKind;
  readonly isArray: boolean;
  /** The kind of an array in the next answer. */
  readonly arrayKind: ArrayKind;
  /** A payload for a reader who may change it. */
  own(): OwnMessage['features'];
  encode(): ReturnType<typeof codecs.encode>;
}

/** The content that a unit of this process hands on; undefined for a payload that text may change. */
export function contentOf(payload: AnswerPayload, arrayKind: ArrayKind | undefined): Content | undefined {
  if (typeof payload === 'string') {
    return other('strData', payload, () => payload);
  }
  if (payload instanceof Uint8Array) {
    const bytes = Buffer.from(payload);
    return other('binData', bytes, () => Buffer.from(bytes));
  }
  if (!(payload instanceof NdArray) || (arrayKind !== 'tensor' && arrayKind !== 'ndarray')) {
    return undefined;
  }
  const { shape } = payload;
  const numbers = plainNumbers(payload);
  if (numbers === undefined) {
    return undefined;
  }
  const as = arrayKind === 'tensor' ? 'flat' : 'nested';
  const own = () => lend(numbers, shape, as, { isPlain: true });
  return { kind: arrayKind, isArray: true, arrayKind, own, encode: () => codecs.encode(own(), arrayKind) };
}

/** A payload beside `data`: the next array then is a `tensor`. */
function other(kind: PayloadKind, payload: string | Uint8Array, own: Content['own']): Content {
  return { kind, isArray: false, arrayKind: 'tensor', own, encode: () => codecs.encode(payload, 'tensor') };
}

/**
 * The elements of an array as doubles, in a copy that nobody else has; undefined when they are not the
 * numbers that come out of JSON text, or text would change the shape.
 */
function plainNumbers(array: NdArray): Float64Array | undefined {
  const lent = lentNumbers(array);
  if (lent !== undefined) {
    return lent;
  }
  const { shape, dtype } = array;
  const size = sizeOf(shape);
  const isNumbers = dtype === 'bfloat16' || (isNumeric(dtype) && !isComplex(dtype));
  if (!isNumbers || shape.length === 0 || size === 0) {
    return undefined;
  }
  const numbers = new Float64Array(size);
  const { data } = dtype.endsWith('int64') ? array : { data: undefined };
  if (data !== undefined) {
    numbers.set(Array.from(data as BigInt64Array, Number));
  } else if (!array.elements().copyTo(numbers, 0)) {
    return undefined;
  }
  return arePlain(numbers, true) ? numbers : undefined;
}
