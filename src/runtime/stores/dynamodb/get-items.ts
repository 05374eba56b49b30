import { NotCarriedOut } from '../../call-failure.ts';
import { monotonicMs } from '../../clock.ts';
import type { Item } from './item.ts';

/** Milliseconds before what the table has left out is asked for again, and again twice as long each time. */
const PAUSE_MS = 20;

/** An item on the wire; `B` is base64. */
export interface WireItem {
  readonly key: { readonly S: string };
  readonly value?: { readonly B?: string; readonly S?: string };
  readonly version?: { readonly S?: string };
}

/** The fields that are read of an answer. */
export interface WireAnswer {
  readonly Item?: WireItem;
  /** By table. */
  readonly Responses?: Readonly<Record<string, readonly WireItem[]>>;
  /** By table: those that are to be asked for again. */
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys: readonly Pick<WireItem, 'key'>[] }>>;
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

/** Calls DynamoDB; an error that it answers is part of the result. */
export type CallDynamodb = (
  operation: 'GetItem' | 'BatchGetItem' | 'PutItem',
  input: object,
  timeoutMs: number,
  onSent?: () => void,
) => Promise<{
  readonly isDone: boolean;
  readonly read: WireAnswer | undefined;
  /** AWS's code of the error; empty: there is none. */
  readonly code: string;
  readonly toError: () => Error;
}>;

/** The table that items are read of. */
interface Table {
  readonly call: CallDynamodb;
  readonly name: string;
  toItem(item: WireItem): Item;
}

/**
 * The items of several keys, by BatchGetItem. What it leaves out, because they are too many bytes or the
 * table is busy, is asked for again as long as there is time. The result gives the item of each key, or
 * throws what kept it from being read.
 *
 * Imported when several are read: few functions do that.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export async function getItems(
  { call, name, toItem }: Table,
  keys: readonly string[],
  timeoutMs: number,
  onSent?: () => void,
): Promise<(key: string) => Item | undefined> {
  const endAt = monotonicMs() + timeoutMs;
  const found = new Map<string, WireItem>();
  let left = keys;
  for (let pauseMs = PAUSE_MS; ; pauseMs *= 2) {
    const Keys = left.map((key) => ({ key: { S: key } }));
    const input = { RequestItems: { [name]: { Keys, ConsistentRead: true } } };
    const { isDone, read, toError } = await call('BatchGetItem', input, endAt - monotonicMs(), onSent);
    const unread = read?.UnprocessedKeys?.[name]?.Keys ?? [];
    const items = read?.Responses?.[name] ?? (unread.length > 0 ? [] : undefined);
    if (!isDone || items === undefined) {
      throw toError();
    }
    for (const item of items) {
      found.set(item.key.S, item);
    }
    left = unread.map(({ key }) => key.S);
    const ms = Math.random() * pauseMs;
    if (left.length === 0 || monotonicMs() + ms >= endAt) {
      break;
    }
    await new Promise((done) => setTimeout(done, ms));
  }
  return (key) => {
    if (left.includes(key)) {
      const what = `DynamoDB BatchGetItem on table ${name}`;
      throw new NotCarriedOut(`${what}: ${key} was not read in ${timeoutMs} ms`, 'the table is busy');
    }
    const item = found.get(key);
    return item && toItem(item);
  };
}
