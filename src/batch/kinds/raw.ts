import { isRecord } from '../../runtime/objects.ts';
import { elementsOf, membersOf, toObject } from '../json-text.ts';
import { readLine } from '../read-line.ts';
import { BadRow } from '../row.ts';
import { readArrayPiece } from './array-piece.ts';
import type { Kind, TextPiece } from './kind.ts';

/** A piece with the message that it came of, without meta. */
interface RawPiece extends TextPiece {
  readonly array?: RawArray | undefined;
}

/** The array of a message. */
interface RawArray {
  readonly form: 'ndarray' | 'tensor';
  /** In JSON; undefined: none. */
  readonly names: string | undefined;
  /** Lengths of the axes behind the first one. */
  readonly shape: readonly number[];
}

/** Lines that are whole messages. Their tags come back, and those of the batch are added. */
export const rawKind: Kind = {
  read: readMessage,
  toPayload(pieces: readonly RawPiece[]) {
    const [first] = pieces;
    const { array } = first ?? {};
    if (first === undefined || array === undefined || pieces.length === 1) {
      return first?.payload ?? '';
    }
    return `"data":${toData(pieces, array)}`;
  },
};

function readMessage(line: string): RawPiece {
  const message = readLine(line);
  const members = isRecord(message) ? membersOf(line) : undefined;
  if (!isRecord(message) || members === undefined) {
    throw new BadRow('expected a message, as {"data":{"ndarray":[[1,2]]}}');
  }
  const { meta = null } = message;
  const ownMeta = members.get('meta');
  if (meta !== null && !isRecord(meta)) {
    throw new BadRow('meta: expected an object');
  }
  const metaMembers = (isRecord(meta) && membersOf(ownMeta ?? '')) || new Map<string, string>();
  const ownTags = metaMembers.get('tags') ?? 'null';
  const tags = membersOf(ownTags);
  if (tags === undefined && ownTags !== 'null') {
    throw new BadRow('meta.tags: expected an object');
  }
  members.delete('meta');
  metaMembers.delete('tags');
  const whole = { rows: 1, payload: toObject(members).slice(1, -1), meta: metaMembers, tags };
  const data = members.size === 1 && metaMembers.size === 0 ? members.get('data') : undefined;
  return { ...whole, ...((data && readArray(data)) || { key: undefined }) };
}

/** Reads the array of a message that can be sent with others: it has nothing else, but tags. */
function readArray(text: string): Pick<RawPiece, 'rows' | 'key' | 'array'> | undefined {
  const data = membersOf(text);
  const names = data?.get('names');
  const form = (['ndarray', 'tensor'] as const).find((each) => data?.has(each));
  if (data === undefined || form === undefined || data.size !== (names === undefined ? 1 : 2)) {
    return undefined;
  }
  const found = form === 'ndarray' ? rowsOf(data.get(form) ?? '') : tensorRowsOf(data.get(form) ?? '');
  return (
    found && {
      rows: found.rows,
      key: `${form} ${found.key} ${names ?? ''}`,
      array: { form, names, shape: found.shape },
    }
  );
}

interface Rows {
  readonly rows: number;
  readonly key: string;
  readonly shape: readonly number[];
}

function rowsOf(text: string): Rows | undefined {
  const { rows, key } = elementsOf(text) ? readArrayPiece(text) : { rows: 0, key: undefined };
  return key === undefined ? undefined : { rows, key, shape: [] };
}

function tensorRowsOf(text: string): Rows | undefined {
  const tensor = membersOf(text);
  const lengths = elementsOf(tensor?.get('shape') ?? '')?.map(Number) ?? [];
  const [rows = 0, ...shape] = lengths;
  const count = elementsOf(tensor?.get('values') ?? '')?.length;
  const isWhole = lengths.length > 1 && count === lengths.reduce((size, length) => size * length, 1);
  return isWhole && rows > 0 ? { rows, key: shape.join(), shape } : undefined;
}

function toData(pieces: readonly RawPiece[], { form, names, shape }: RawArray): string {
  const texts = pieces.map(({ payload }) => membersOf(`{${payload}}`)?.get('data') ?? '');
  const arrays = texts.map((text) => membersOf(text)?.get(form) ?? '');
  const named = names === undefined ? '' : `"names":${names},`;
  if (form === 'ndarray') {
    return `{${named}"ndarray":[${arrays.map(inside).join(',')}]}`;
  }
  const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
  const values = arrays.map((text) => inside(membersOf(text)?.get('values') ?? ''));
  const lengths = [rows, ...shape].join(',');
  return `{${named}"tensor":{"shape":[${lengths}],"values":[${values.join(',')}]}}`;
}

/** A list without its brackets. */
function inside(list: string): string {
  return list.slice(1, -1);
}
