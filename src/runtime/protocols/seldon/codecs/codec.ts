import type { NdArray } from '../../../arrays/ndarray.ts';
import type { SeldonMessage } from '../../../model/message.ts';
import type { Payload } from '../../../model/model.ts';
import type { ArrayKind, PayloadKind } from '../../../model/payload-kinds.ts';

export { ARRAY_KINDS, type ArrayKind, type PayloadKind } from '../../../model/payload-kinds.ts';

/**
 * What a codec writes into the field of its kind: a value that is ready for `stringify`, or its JSON text,
 * where that is faster to make than a value to be made text of.
 */
export type Encoded = { readonly value: unknown } | { readonly text: string };

/** An answer's payload after lists and typed arrays have become an NdArray. */
export type AnswerPayload = NdArray | string | Uint8Array | Readonly<Record<string, unknown>>;

/**
 * One kind of payload, both ways.
 *
 * Predicates are disjoint: of all codecs at most one decodes a message and exactly one encodes a payload, in
 * whatever order they are asked; undefined means "not mine".
 */
export interface Codec {
  readonly kind: PayloadKind;
  /** @throws SeldonError MICROSERVICE_BAD_DATA when the message carries this kind, malformed. */
  decode(message: SeldonMessage): Payload | undefined;
  /**
   * `arrayKind`: how the request carried its array; an answer's array goes back the same way where it can.
   */
  encode(payload: AnswerPayload, arrayKind: ArrayKind): Encoded | undefined;
}
