import type { Row } from './row.ts';

/** A line that has been read. What is sent of it, its protocol knows. */
export interface Piece {
  /** Length of the first axis of its array; 1 where it has none. */
  readonly rows: number;
  /**
   * Lines with the same key can be sent in one request, and each is answered as if it were alone; undefined
   * for a line that cannot.
   */
  readonly key: string | undefined;
}

/** A line with what was read of it. */
export interface Item<P extends Piece = Piece> {
  readonly row: Row;
  readonly piece: P;
}

/** A request for one or more lines. */
export interface BatchRequest {
  /** JSON, behind which there may be bytes. */
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Beside the usual ones, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}
