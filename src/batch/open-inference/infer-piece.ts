import type { Datatype } from '../../runtime/arrays/datatypes.ts';
import type { Item, Piece } from '../request.ts';

/** A tensor of a line. */
export interface LineTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** Members as JSON; undefined: none. */
  readonly parameters?: ReadonlyMap<string, string> | undefined;
  /** Its elements: as a list in JSON without its brackets, or as the bytes of the binary extension. */
  readonly content: string | Uint8Array;
}

/** A line that is sent as tensors. */
export interface InferPiece extends Piece {
  readonly tensors: readonly LineTensor[];
  /** The parameters of the request: members as JSON; undefined: none. */
  readonly parameters?: ReadonlyMap<string, string> | undefined;
  /** The line's own id; undefined: that of the batch. */
  readonly id?: string | undefined;
  /** Other members of the request, as JSON, such as the outputs that are asked for. */
  readonly others?: ReadonlyMap<string, string> | undefined;
}

/** A line with what is sent of it. */
export type InferItem = Item<InferPiece>;

/**
 * A key that the tensors of two lines have in common if they can be joined along their first axis: of names,
 * datatypes, lengths of the other axes, and parameters. Undefined for tensors that cannot be joined.
 */
export function keyOf(tensors: readonly LineTensor[]): string | undefined {
  const rows = tensors[0]?.shape[0] ?? 0;
  const isJoined = tensors.every(
    ({ shape, content }) => shape.length > 0 && shape[0] === rows && content.length > 0,
  );
  return isJoined && rows > 0
    ? tensors
        .map(({ name, datatype, shape, parameters, content }) =>
          JSON.stringify([
            ...[name, datatype, shape.slice(1), [...(parameters ?? [])]],
            typeof content === 'string' && content.trimStart().startsWith('['),
          ]),
        )
        .join()
    : undefined;
}
