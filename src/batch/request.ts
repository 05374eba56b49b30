import type { BatchTags } from './batch-tags.ts';
import { toObject } from './json-text.ts';
import type { Kind, Piece } from './kinds/kind.ts';
import type { Row } from './row.ts';

/** A line with what is sent of it. */
export interface Item {
  readonly row: Row;
  readonly piece: Piece;
}

/** A request for one or more lines. */
export interface BatchRequest {
  /** JSON. */
  readonly body: string;
  /** Sent as `seldon-puid`: the id of its first line. */
  readonly puid: string;
  /** Sent as `Idempotency-Key`, for a call that must not count twice. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * Makes the request for lines of the same key. Its tags say which batch it is for, and which line if it is
 * for one alone.
 */
export function toRequest(kind: Kind, tags: BatchTags, items: readonly [Item, ...Item[]]): BatchRequest {
  const [{ row, piece }] = items;
  const payload = kind.toPayload(items.map((item) => item.piece));
  const puid = tags.idOf(row);
  if (kind.isWhole) {
    return { body: payload, puid, idempotencyKey: puid };
  }
  const ours = items.length === 1 ? tags.of(row) : `"batch_id":${JSON.stringify(tags.batchId)}`;
  const own = items.length === 1 && piece.tags?.size ? `${toObject(piece.tags).slice(1, -1)},` : '';
  const meta = piece.meta?.size ? `${toObject(piece.meta).slice(1, -1)},` : '';
  const comma = payload === '' ? '' : ',';
  return { body: `{${payload}${comma}"meta":{${meta}"tags":{${own}${ours}}}}`, puid };
}
