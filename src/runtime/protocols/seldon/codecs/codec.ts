import type { Growth } from '../../../arrays/growth.ts';
import type { Payload } from '../../../model/model.ts';
import type { PayloadKind } from '../../../model/payload-kinds.ts';
import type { AnswerPayload } from '../../protocol.ts';

export { ARRAY_KINDS, type ArrayKind, type PayloadKind } from '../../../model/payload-kinds.ts';

/**
 * The content of a payload's field: a value for `stringify`, or JSON text when that is faster to make.
 * `write` gives it between the text `before` and `after` it, so that a large text is made only once.
 */
export type Encoded =
  | { readonly value: unknown }
  | { readonly text: string }
  | { write(before: string, after: string): string };

/** Decodes and encodes one kind of payload. It does not know the other kinds; index.ts has their order. */
export interface Codec {
  /** The field's name. */
  readonly kind: PayloadKind;
  /** Whether null is a payload of this kind; default: a null field counts as absent. */
  readonly isNullable?: boolean;
  /**
   * Decodes the field.
   *
   * @param growth - of the request: an array that takes more memory than was sent counts it there.
   * @throws SeldonError MICROSERVICE_BAD_DATA when it is malformed.
   */
  decode(field: unknown, growth: Growth): Payload | Promise<Payload>;
  /** Encodes an answer's payload; undefined when this kind cannot carry it. */
  encode(payload: AnswerPayload): Encoded | undefined | Promise<Encoded | undefined>;
}
