import type { Piece } from '../request.ts';

/** A line of which a text is sent. */
export interface TextPiece extends Piece {
  /** The payload, in whatever form its kind puts together. */
  readonly payload: string;
  /** The line's own `meta`, without its tags: members as JSON. */
  readonly meta?: ReadonlyMap<string, string> | undefined;
  /** The line's own tags: members as JSON. */
  readonly tags?: ReadonlyMap<string, string> | undefined;
}

/** Reads the lines of an input, and makes the payloads of Seldon's messages of them. */
export interface Kind {
  /** @throws BadRow when the line is not what it should be. */
  read(line: string): TextPiece;
  /**
   * The members of the message that carry the payloads, as JSON: `"data":{"ndarray":[[1,2],[3,4]]}`.
   *
   * @param pieces - of the same key.
   */
  toPayload(pieces: readonly TextPiece[]): string;
  /** Makes the whole message of a piece; undefined: it is made of the payload, and of meta with tags. */
  readonly isWhole?: boolean;
}
