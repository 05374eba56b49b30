import { toAnswerLines } from './answer-lines.ts';
import type { BatchTags } from './batch-tags.ts';
import { toObject } from './json-text.ts';
import type { Kind, TextPiece } from './kinds/kind.ts';
import type { Protocol } from './protocol.ts';
import type { BatchRequest, Item } from './request.ts';

type TextItem = Item<TextPiece>;

/** Seldon's protocol: a line becomes a SeldonMessage, or is a whole one, or a whole feedback. */
export function seldonProtocol(kind: Kind): Protocol {
  return {
    read: kind.read,
    toRequest: (tags, items) => toRequest(kind, tags, items as readonly [TextItem, ...TextItem[]]),
    toLines: ({ text }, items, tags) => toAnswerLines(text, items as readonly TextItem[], tags),
    toFailureLine: (row, reason, tags) => failureLine(reason, tags.of(row), kind.isWhole === true),
  };
}

/**
 * Makes the request for lines of the same key. Its tags say which batch it is for, and which line if it is
 * for one alone.
 */
function toRequest(kind: Kind, tags: BatchTags, items: readonly [TextItem, ...TextItem[]]): BatchRequest {
  const [{ row, piece }] = items;
  const payload = kind.toPayload(items.map((item) => item.piece));
  const puid = tags.idOf(row);
  if (kind.isWhole) {
    // A feedback must not count twice.
    return { body: payload, headers: { 'seldon-puid': puid, 'idempotency-key': puid } };
  }
  const ours = items.length === 1 ? tags.of(row) : `"batch_id":${JSON.stringify(tags.batchId)}`;
  const own = items.length === 1 && piece.tags?.size ? `${toObject(piece.tags).slice(1, -1)},` : '';
  const meta = piece.meta?.size ? `${toObject(piece.meta).slice(1, -1)},` : '';
  const comma = payload === '' ? '' : ',';
  const body = `{${payload}${comma}"meta":{${meta}"tags":{${own}${ours}}}}`;
  return { body, headers: { 'seldon-puid': puid } };
}

/**
 * The line for a line that could not be answered, as seldon-batch-processor writes it.
 *
 * @param hasTags - for a feedback, whose meta has the tags below `tags`.
 */
function failureLine(reason: string, tags: string, hasTags: boolean): string {
  const meta = hasTags ? `{"tags":{${tags}}}` : `{${tags}}`;
  return `{"status":{"info":"FAILURE","reason":${JSON.stringify(reason)},"status":1},"meta":${meta}}`;
}
