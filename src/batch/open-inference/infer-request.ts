import { joinBody } from '../../client/binary-tensors.ts';
import type { BatchTags } from '../batch-tags.ts';
import { toObject } from '../json-text.ts';
import type { BatchRequest } from '../request.ts';
import type { InferItem, InferPiece, LineTensor } from './infer-piece.ts';

/**
 * Makes the request of `infer` for lines of the same key: their tensors, joined along the first axis. Its id
 * is that of the first line.
 *
 * @param isBinary - whether the answer should have its tensors as bytes, as the request has.
 */
export function toInferRequest(
  tags: BatchTags,
  items: readonly [InferItem, ...InferItem[]],
  isBinary: boolean,
): BatchRequest {
  const [{ row, piece }] = items;
  const instanceId = tags.idOf(row);
  const pieces = items.map((item) => item.piece);
  const tail: Uint8Array[] = [];
  const inputs = piece.tensors.map((tensor, at) => toInput(tensor, joined(pieces, at), tail));
  const parameters = new Map(piece.parameters);
  if (isBinary) {
    parameters.set('binary_data_output', 'true');
  }
  const json = toObject([
    ['id', JSON.stringify(piece.id ?? instanceId)],
    ...(parameters.size > 0 ? [['parameters', toObject(parameters)] as const] : []),
    ['inputs', `[${inputs.join()}]`],
    ...(piece.others ?? []),
  ]);
  const headers = { 'seldon-puid': instanceId };
  if (tail.length === 0) {
    return { body: json, headers };
  }
  const joint = joinBody(json, tail);
  return { body: joint.body, headers: { ...headers, ...joint.headers } };
}

/** The tensors of one place in all lines. */
interface Joined {
  /** Length of the first axis; undefined: the tensor is alone. */
  readonly rows: number | undefined;
  readonly contents: readonly LineTensor['content'][];
}

function joined(pieces: readonly InferPiece[], at: number): Joined {
  const rows = pieces.length === 1 ? undefined : pieces.reduce((sum, piece) => sum + piece.rows, 0);
  return { rows, contents: pieces.map(({ tensors }) => (tensors[at] as LineTensor).content) };
}

/** A tensor as JSON; its bytes, if it has some, are added to `tail`. */
function toInput(
  { name, datatype, shape, parameters: own }: LineTensor,
  { rows, contents }: Joined,
  tail: Uint8Array[],
): string {
  const lengths = rows === undefined ? shape : [rows, ...shape.slice(1)];
  const bytes = contents.filter((content) => typeof content !== 'string');
  const parameters = new Map(own);
  if (bytes.length > 0) {
    tail.push(...bytes);
    parameters.set('binary_data_size', `${bytes.reduce((size, each) => size + each.length, 0)}`);
  }
  return toObject([
    ['name', JSON.stringify(name)],
    ['shape', `[${lengths}]`],
    ['datatype', `"${datatype}"`],
    ...(parameters.size > 0 ? [['parameters', toObject(parameters)] as const] : []),
    ...(bytes.length > 0 ? [] : [['data', `[${contents.join()}]`] as const]),
  ]);
}
