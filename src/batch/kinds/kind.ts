/** One line, read: what is sent of it. */
export interface Piece {
  /** Length of the first axis of its array; 1 where it has none. */
  readonly rows: number;
  /**
   * Lines with the same key can be sent in one request, and each is answered as if it were alone; undefined
   * for a line that cannot.
   */
  readonly key: string | undefined;
  /** The payload, in whatever form its kind puts together. */
  readonly payload: string;
  /** The line's own `meta`, without its tags: members as JSON. */
  readonly meta?: ReadonlyMap<string, string> | undefined;
  /** The line's own tags: members as JSON. */
  readonly tags?: ReadonlyMap<string, string> | undefined;
}

/** What the lines of an input are, and how requests are made of them. */
export interface Kind {
  /** @throws BadRow when the line is not what it should be. */
  read(line: string): Piece;
  /**
   * The members of the message that carry the payloads, as JSON: `"data":{"ndarray":[[1,2],[3,4]]}`.
   *
   * @param pieces - of the same key.
   */
  toPayload(pieces: readonly Piece[]): string;
  /** Makes the whole message of a piece; undefined: it is made of the payload, and of meta with tags. */
  readonly isWhole?: boolean;
}
