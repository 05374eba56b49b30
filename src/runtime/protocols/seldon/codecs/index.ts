import type { Growth } from '../../../arrays/growth.ts';
import type { DefaultData, SeldonMessage } from '../../../model/message.ts';
import type { Payload, PayloadField } from '../../../model/model.ts';
import type { AnswerPayload } from '../../protocol.ts';
import { binData } from './bin-data.ts';
import type { ArrayKind, Codec, Encoded, PayloadKind } from './codec.ts';
import { jsonData } from './json-data.ts';
import { ndarray } from './ndarray.ts';
import { strData } from './str-data.ts';
import { tensor } from './tensor.ts';
import { tftensor } from './tftensor.ts';

/**
 * Kinds of payload in `data`, by priority: the first one that is present counts. A `data` without any of them
 * is an empty `ndarray`.
 */
const IN_DATA = [tensor, ndarray, tftensor] as const satisfies readonly (Codec & { kind: ArrayKind })[];

/** Kinds of payload outside of `data`, by priority. They count only in a message without `data`. */
const BESIDE_DATA = [jsonData, strData, binData] as const;

/** All kinds of payload of a SeldonMessage. */
export const codecs = {
  all: [...IN_DATA, ...BESIDE_DATA] as readonly Codec[],

  /**
   * Decodes a message's payload; undefined when it has none.
   *
   * @param growth - of the whole request, which may have more messages.
   * @throws SeldonError MICROSERVICE_BAD_DATA when it is malformed.
   */
  decode(message: SeldonMessage, growth: Growth): Payload | undefined | Promise<Payload> {
    const { data } = message;
    if (data != null) {
      const codec: Codec & { kind: ArrayKind } = inData(data);
      return codec.decode(data[codec.kind], growth);
    }
    const codec = BESIDE_DATA.find((each) => isThere(each, message[each.kind]));
    return codec?.decode(message[codec.kind]);
  },

  /**
   * Whether a message's payload is in one of these fields. A `strData` that is not text counts as none, as a
   * class that asks for text can do nothing with it. A message without a payload is refused elsewhere.
   */
  isTaken(message: SeldonMessage, accepts: readonly PayloadField[]): boolean {
    const field =
      message.data != null ? 'data' : BESIDE_DATA.find((each) => isThere(each, message[each.kind]))?.kind;
    return (
      field === undefined ||
      (accepts.includes(field) && (field !== 'strData' || typeof message.strData === 'string'))
    );
  },

  /**
   * The kind of an array in the answer: that of the request's array, or `tensor` when the request has no
   * `data`.
   */
  arrayKindOf({ data }: SeldonMessage): ArrayKind {
    return data == null ? 'tensor' : inData(data).kind;
  },

  /**
   * Encodes an answer's payload: an array as the `requested` kind if that can carry it, otherwise as
   * `ndarray`.
   */
  encode(payload: AnswerPayload, requested: ArrayKind): EncodedAs | Promise<EncodedAs> {
    const first = IN_DATA.find(({ kind }) => kind === requested) ?? ndarray;
    const encoded = first.encode(payload);
    // Not awaited where it is there: each await costs a small call.
    return encoded instanceof Promise
      ? encoded.then((made) => orElse(first.kind, made, payload))
      : orElse(first.kind, encoded, payload);
  },
};

/** An encoded payload, with the field that it goes into. */
export interface EncodedAs {
  readonly kind: PayloadKind;
  readonly encoded: Encoded;
}

/** Codecs of which one carries whatever the codec of the request's kind does not. */
const OTHERS = [ndarray, ...BESIDE_DATA] as const;

function orElse(
  kind: PayloadKind,
  encoded: Encoded | undefined,
  payload: AnswerPayload,
): EncodedAs | Promise<EncodedAs> {
  if (encoded !== undefined) {
    return { kind, encoded };
  }
  for (const codec of OTHERS) {
    const made = codec.encode(payload);
    if (made instanceof Promise) {
      return made.then((encoded) => ({ kind: codec.kind, encoded }));
    }
    if (made !== undefined) {
      return { kind: codec.kind, encoded: made };
    }
  }
  throw new Error('no codec encodes this payload');
}

function inData(data: DefaultData): (typeof IN_DATA)[number] {
  return IN_DATA.find((codec) => isThere(codec, data[codec.kind])) ?? ndarray;
}

function isThere({ isNullable }: Codec, field: unknown): boolean {
  return field !== undefined && (field !== null || isNullable === true);
}
