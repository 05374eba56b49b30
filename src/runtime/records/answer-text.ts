import { toBase64 } from '../base64.ts';
import { setMember } from '../json/set-member.ts';
import { stringify } from '../json/write-json.ts';

/** Tags that say which record an answer belongs to, as those of Seldon's batch processor. */
export interface BatchTags {
  /** The id of the record. */
  readonly batch_instance_id: string;
  /** The place of a line in its file, from 0 on. */
  readonly batch_index?: number;
}

/**
 * Writes the answer of a call as one line of JSON, with the tags in its `meta`. What is not an object of
 * JSON, as a raw method may answer it, becomes `strData` or `binData`.
 */
export function toLine(body: string | Uint8Array, tags: BatchTags): string {
  let text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  for (const [name, value] of Object.entries(tags)) {
    text = setMember(text, ['meta', 'tags', name], JSON.stringify(value)) ?? wrap(body, tags);
  }
  // Between the parts of JSON; in its strings they are escaped.
  return text.replace(/[\r\n]+/g, ' ');
}

/**
 * Writes the line of a record that has no answer, as Seldon's batch processor does: `info` is FAILURE.
 */
export function toFailureLine(reason: string, info: string, tags: BatchTags): string {
  const status = { status: 1, info: 'FAILURE', code: -1, reason: `${reason}: ${info}` };
  return stringify({ status, meta: { tags } });
}

function wrap(body: string | Uint8Array, tags: BatchTags): string {
  const payload = typeof body === 'string' ? { strData: body } : { binData: toBase64(body) };
  return stringify({ ...payload, meta: { tags } });
}
