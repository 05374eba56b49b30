import type { Compiled, CompileSettings } from '../deployment.ts';

/** A format that graphs are written in. */
export interface GraphFormat {
  /** The name of the format, for messages. */
  readonly kind: string;
  /** Whether a document is of this format, right or wrong. No document is of two. */
  matches(document: unknown): boolean;
  /**
   * Compiles a document.
   *
   * @throws UserError naming the place, for a graph that cannot work.
   */
  toPlan(document: unknown, settings: CompileSettings): Promise<Compiled>;
}
