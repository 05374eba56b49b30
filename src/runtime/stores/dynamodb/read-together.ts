import { CallFailure, NotCarriedOut } from '../../call-failure.ts';
import { monotonicMs } from '../../clock.ts';
import type { Item, ItemStore } from './item.ts';

/** Milliseconds before what the table has left out is asked for again, and again twice as long each time. */
const PAUSE_MS = 20;
/** DynamoDB takes no more in a request. */
const MAX_KEYS = 100;

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

/**
 * Calls DynamoDB.
 *
 * @throws Error for any other answer than what was asked for, or the refusal of a PutItem, which has a
 *   `__type`.
 */
export type CallDynamodb = (
  operation: 'GetItem' | 'BatchGetItem' | 'PutItem',
  input: object,
  timeoutMs: number,
  onSent?: () => void,
) => Promise<WireAnswer>;

/** The table that items are read of. */
interface Table {
  readonly call: CallDynamodb;
  readonly name: string;
  toItem(item: WireItem): Item;
}

/** A read that waits for the others of its turn. */
interface Read {
  readonly key: string;
  readonly timeoutMs: number;
  readonly onSent: (() => void) | undefined;
  resolve(item: Item | undefined | Promise<Item | undefined>): void;
}

/**
 * Makes a `get` whose reads become one request when they begin together. One alone stays what it is.
 *
 * Imported when several are read: few functions do that.
 *
 * @param get - reads one item.
 */
export function together(table: Table, get: ItemStore['get']): ItemStore['get'] {
  if (TOGETHER.has(get)) {
    return get;
  }
  let waiting: Read[] = [];

  function readAll(): void {
    const [first, ...others] = waiting as [Read, ...Read[]];
    waiting = [];
    if (others.length === 0) {
      first.resolve(get(first.key, first.timeoutMs, first.onSent));
      return;
    }
    const reads = [first, ...others];
    const found = getItems(table, reads);
    for (const { key, resolve } of reads) {
      resolve(found.then((itemOf) => itemOf(key)));
    }
  }

  const getTogether: ItemStore['get'] = (key, timeoutMs, onSent) =>
    new Promise((resolve) => {
      if (waiting.push({ key, timeoutMs, onSent, resolve }) === 1) {
        // When all that can go on now has done so: those who were held up by nothing read at once.
        process.nextTick(readAll);
      }
    });
  TOGETHER.add(getTogether);
  return getTogether;
}

/** Those that `together` has made: units share a store, and each may ask for it. */
const TOGETHER = new WeakSet<ItemStore['get']>();

/**
 * The items of several reads, by BatchGetItem, in the time of the shortest. What it leaves out, because they
 * are too many bytes or the table is busy, is asked for again as long as there is time. The result gives the
 * item of each key, or throws what kept it from being read.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
async function getItems(
  { call, name, toItem }: Table,
  reads: readonly Read[],
): Promise<(key: string) => Item | undefined> {
  const what = `DynamoDB BatchGetItem on table ${name}`;
  const timeoutMs = Math.min(...reads.map((read) => read.timeoutMs));
  const endAt = monotonicMs() + timeoutMs;
  const onSent = () => {
    for (const read of reads) {
      read.onSent?.();
    }
  };
  const found = new Map<string, WireItem>();
  // Each once: DynamoDB refuses a request that names one twice.
  let left = [...new Set(reads.map(({ key }) => key))];
  for (let pauseMs = PAUSE_MS; ; ) {
    const Keys = left.slice(0, MAX_KEYS).map((key) => ({ key: { S: key } }));
    const input = { RequestItems: { [name]: { Keys, ConsistentRead: true } } };
    const read = await call('BatchGetItem', input, endAt - monotonicMs(), onSent);
    const unread = read.UnprocessedKeys?.[name]?.Keys ?? [];
    const items = read.Responses?.[name] ?? (unread.length > 0 ? [] : undefined);
    if (items === undefined) {
      throw new CallFailure(`${what}: HTTP 200 without items of it`, 'no answer of DynamoDB');
    }
    for (const item of items) {
      found.set(item.key.S, item);
    }
    left = [...left.slice(MAX_KEYS), ...unread.map(({ key }) => key.S)];
    const ms = unread.length > 0 ? Math.random() * pauseMs : 0;
    if (left.length === 0 || monotonicMs() + ms >= endAt) {
      break;
    }
    if (ms > 0) {
      await new Promise((done) => setTimeout(done, ms));
      pauseMs *= 2;
    }
  }
  return (key) => {
    if (left.includes(key)) {
      throw new NotCarriedOut(`${what}: ${key} was not read in ${timeoutMs} ms`, 'the table is busy');
    }
    const item = found.get(key);
    return item && toItem(item);
  };
}
