import { parseJson } from '../client/parse-json.ts';
import { isRecord } from '../runtime/objects.ts';
import { BATCH_TAGS, type BatchTags } from './batch-tags.ts';
import { elementsOf, membersOf, toObject, toOneLine } from './json-text.ts';
import type { TextPiece } from './kinds/kind.ts';
import type { Item } from './request.ts';
import { BadRow } from './row.ts';

/**
 * The lines of the output for the answer of a request: one for each line of the input, in their order. Each
 * has the answer's names and meta, the rows of its own line, and the tags of the batch.
 *
 * Numbers are copied as text, with all digits that the host has written.
 *
 * @returns undefined when the answer does not have one row for each row of the request.
 * @throws BadRow when it is no message, or says that the call has failed.
 */
export function toAnswerLines(
  text: string,
  items: readonly Item<TextPiece>[],
  tags: BatchTags,
): readonly string[] | undefined {
  const members = readMessage(text);
  const meta = membersOf(members.get('meta') ?? '') ?? new Map<string, string>();
  const answered = membersOf(meta.get('tags') ?? '') ?? new Map<string, string>();
  for (const name of BATCH_TAGS) {
    answered.delete(name);
  }
  const [only] = items;
  if (items.length === 1 && only !== undefined) {
    return [toLine(members, meta, answered, tags.of(only.row))];
  }
  const counts = items.map(({ piece }) => piece.rows);
  const datas = splitData(members.get('data') ?? '', counts);
  if (datas === undefined) {
    return undefined;
  }
  const write = lineWriter(members, meta);
  const shared = answered.size === 0 ? '' : `${toObject(answered).slice(1, -1)},`;
  return items.map(({ row, piece }, at) => {
    const own = piece.tags?.size ? new Map([...piece.tags, ...answered]) : undefined;
    const before = own === undefined ? shared : `${toObject(own).slice(1, -1)},`;
    return write(datas[at] as string, `${before}${tags.of(row)}`);
  });
}

function readMessage(text: string): Map<string, string> {
  const members = membersOf(toOneLine(text));
  if (members === undefined) {
    throw new BadRow('the answer is not a message in JSON');
  }
  // Not all of it: to make values of its numbers would take as long as all else.
  const status = parseJson(members.get('status') ?? 'null');
  // An orchestrator may answer 200 with a failure in the message.
  if (isRecord(status) && (status.status === 1 || status.status === 'FAILURE')) {
    throw new BadRow(`${status.reason ?? 'FAILURE'}: ${status.info ?? 'the answer says no more'}`);
  }
  return members;
}

function toLine(
  members: ReadonlyMap<string, string>,
  meta: ReadonlyMap<string, string>,
  answered: ReadonlyMap<string, string>,
  ours: string,
): string {
  const before = answered.size === 0 ? '' : `${toObject(answered).slice(1, -1)},`;
  const full = new Map([...meta, ['tags', `{${before}${ours}}`]]);
  return toObject(new Map([...members, ['meta', toObject(full)]]));
}

/** Writes lines that differ in their data and tags only. */
function lineWriter(members: ReadonlyMap<string, string>, meta: ReadonlyMap<string, string>) {
  const others = [...members].filter(([name]) => name !== 'data' && name !== 'meta');
  const after = others.length === 0 ? '' : `,${toObject(others).slice(1, -1)}`;
  const ownMeta = [...meta].filter(([name]) => name !== 'tags');
  const before = ownMeta.length === 0 ? '' : `${toObject(ownMeta).slice(1, -1)},`;
  return (data: string, tags: string) => `{"data":${data}${after},"meta":{${before}"tags":{${tags}}}}`;
}

/**
 * Splits `data` along its first axis.
 *
 * @param counts - rows of each part. @returns undefined when it has another number of rows.
 */
function splitData(text: string, counts: readonly number[]): string[] | undefined {
  const data = membersOf(text);
  if (data?.has('ndarray')) {
    return splitLists(data, counts);
  }
  return data?.has('tensor') ? splitTensor(data, counts) : undefined;
}

function splitLists(data: Map<string, string>, counts: readonly number[]): string[] | undefined {
  const rows = elementsOf(data.get('ndarray') ?? '');
  if (rows?.length !== sum(counts)) {
    return undefined;
  }
  // In the order of the answer, around the place of the rows.
  const [before = '', after = ''] = toObject(data.set('ndarray', '\n')).split('\n');
  return cut(rows, counts).map((part) => `${before}[${part.join(',')}]${after}`);
}

function splitTensor(data: Map<string, string>, counts: readonly number[]): string[] | undefined {
  const tensor = membersOf(data.get('tensor') ?? '');
  const [rows, ...shape] = elementsOf(tensor?.get('shape') ?? '')?.map(Number) ?? [];
  const values = elementsOf(tensor?.get('values') ?? '');
  const width = shape.reduce((size, length) => size * length, 1);
  if (rows !== sum(counts) || values?.length !== rows * width) {
    return undefined;
  }
  const [before = '', after = ''] = toObject(data.set('tensor', '\n')).split('\n');
  const parts = cut(
    values,
    counts.map((count) => count * width),
  );
  return parts.map((part, at) => {
    const lengths = [counts[at], ...shape].join(',');
    return `${before}{"shape":[${lengths}],"values":[${part.join(',')}]}${after}`;
  });
}

function cut(list: readonly string[], counts: readonly number[]): string[][] {
  let start = 0;
  return counts.map((count) => {
    const part = list.slice(start, start + count);
    start += count;
    return part;
  });
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
