import type { BatchTags } from './batch-tags.ts';
import type { BatchRequest, Item, Piece } from './request.ts';
import type { Row } from './row.ts';
import type { Answered } from './target.ts';

/** A protocol of a host: makes requests of lines of the input, and lines of the output of its answers. */
export interface Protocol {
  /**
   * Reads a line of the input.
   *
   * @throws BadRow when the line is not what it should be.
   */
  read(line: string): Piece;
  /** Makes the request for lines of the same key. */
  toRequest(tags: BatchTags, items: readonly [Item, ...Item[]]): BatchRequest;
  /**
   * Makes the lines of the output for the answer of a request: one for each of its lines, in their order.
   *
   * @returns undefined when the answer does not have one row for each row of the request.
   * @throws BadRow when it is no message, or says that the call has failed.
   */
  toLines(answer: Answered, items: readonly Item[], tags: BatchTags): readonly string[] | undefined;
  /** Makes the line of the output for a line that could not be answered. */
  toFailureLine(row: Row, reason: string, tags: BatchTags): string;
}
