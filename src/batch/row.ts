/** One line of the input. */
export interface Row {
  /** 0 for the first line: the `batch_index` of its answer. */
  readonly index: number;
  /** Without its line break. */
  readonly text: string;
  /** Why it cannot be read; undefined for a line that can. */
  readonly problem?: string | undefined;
}

/** A line, or an answer, that cannot be used; the message says why, and becomes the reason of its failure. */
export class BadRow extends Error {
  override readonly name = 'BadRow';
}
