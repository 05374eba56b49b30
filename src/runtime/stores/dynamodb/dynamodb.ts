import { toBase64 } from '../../base64.ts';
import { CallFailure, configurationError } from '../../call-failure.ts';
import { openAwsClient, toEndpoint } from '../../clients/aws-client.ts';
import { crypto } from '../../crypto.ts';
import { SeldonError } from '../../errors.ts';
import { isRecord } from '../../objects.ts';
import { parseJson } from '../../parse-json.ts';
import type { OpenStore, Store, Stored, StoreSettings } from '../store.ts';
import { type Item, type ItemStore, isPointer, toPutResult } from './item.ts';
import { withOverflow } from './overflow.ts';
import type { CallDynamodb, WireAnswer, WireItem } from './read-together.ts';

/**
 * Bytes of an item, at most, including the names of its attributes, its key and its version.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items
 */
const ITEM_BYTES = 400 * 1024;
const UUID_BYTES = 36;

/**
 * `dynamodb://table`: an item for each key, replaced by PutItem on condition of its version, which is a new
 * uuid with every write.
 *
 * The table has the partition key `key` (S) and no sort key; the function may dynamodb:GetItem,
 * dynamodb:BatchGetItem and dynamodb:PutItem. A refusal brings the current item. An item holds 400 kB; larger
 * values go to S3 when settings.overflowUrl is set, and are refused before anything is sent when it is not. A
 * global table needs all writers in one region, or strong consistency (MRSC).
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the URL names no table, or region or credentials are
 *   missing.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
export const openDynamodb: OpenStore = async (url, settings) => {
  const items = openItems(url, settings);
  if (settings.overflowUrl === undefined) {
    return withoutOverflow(items);
  }
  return withOverflow(items, settings.overflowUrl, settings);
};

function openItems(url: URL, settings: StoreSettings): ItemStore {
  const table = readTable(url);
  const endpoint = toEndpoint('dynamodb', settings.region, settings.dynamodbEndpoint);
  const client = openAwsClient('dynamodb', endpoint, settings);

  const call: CallDynamodb = async (operation, input, timeoutMs, onSent) => {
    const call = {
      what: `DynamoDB ${operation} on table ${table}`,
      method: 'POST',
      endpoint,
      path: endpoint.pathname,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
      },
      body: JSON.stringify(input),
      timeoutMs,
      isRepeatable: operation !== 'PutItem',
      onSent,
    } as const;
    const { status, body } = await client.send(call);
    const read = readAnswer(body);
    const { __type = '', message, Message = '' } = read ?? {};
    const code = __type.slice(__type.lastIndexOf('#') + 1);
    if (read && (code === 'ConditionalCheckFailedException' || (status === 200 && code === ''))) {
      return read;
    }
    const text = read ? (message ?? Message) : `no JSON: ${body.toString('utf8', 0, 100)}`;
    throw client.toError(call.what, status, code, text);
  };
  const toItem = (item: WireItem) => fromWire(item, table);

  const items: ItemStore = {
    async get(key, timeoutMs, onSent) {
      const input = { TableName: table, Key: { key: { S: key } }, ConsistentRead: true };
      const { Item } = await call('GetItem', input, timeoutMs, onSent);
      return Item && toItem(Item);
    },
    async readTogether() {
      const { together } = await import('./read-together.ts');
      items.get = together({ call, name: table, toItem }, items.get);
    },
    async put(key, item, seen, timeoutMs) {
      const input = {
        TableName: table,
        Item: toWire(key, item),
        ...toCondition(seen),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      };
      const { __type, Item } = await call('PutItem', input, timeoutMs);
      const current = Item && toItem(Item);
      // Refused because it is stored already: the request reached the table twice.
      const isStored = __type === undefined || current?.version === item.version;
      return { isStored, current };
    },
    fits: (key, value) => itemBytes(key, value) <= ITEM_BYTES,
    close: async () => client.close(),
  };
  return items;
}

/** Keeps values in items only; refuses a larger value. */
function withoutOverflow(items: ItemStore): Store {
  function toStored(key: string, item: Item | undefined): Stored | undefined {
    if (!isPointer(item)) {
      return item;
    }
    const missing = 'set STATE_OVERFLOW_URL=s3://bucket/prefix';
    throw configurationError(
      new CallFailure(`the state ${key} is at ${item.value}: ${missing}`, `the state is in S3: ${missing}`),
    );
  }

  return {
    ...items,
    maxBytes: ITEM_BYTES,
    async get(key, timeoutMs, onSent) {
      return toStored(key, await items.get(key, timeoutMs, onSent));
    },
    async put(key, value, seen, timeoutMs) {
      if (!items.fits(key, value)) {
        throw tooLarge(key, value);
      }
      const version = crypto().randomUUID();
      return toPutResult(await items.put(key, { value, version }, seen, timeoutMs), version);
    },
  };
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
function readTable({ hostname }: URL): string {
  if (/^[\w.-]{3,255}$/.test(hostname)) {
    return hostname;
  }
  const expected = 'expected dynamodb://table, a name of 3 to 255 letters, digits, _, - or .';
  throw configurationError(new CallFailure(`dynamodb://${hostname}: ${expected}`, expected));
}

// `key` and `value` are reserved words of DynamoDB's expressions.
function toCondition(seen: string | undefined) {
  if (seen === undefined) {
    return { ConditionExpression: 'attribute_not_exists(#key)', ExpressionAttributeNames: { '#key': 'key' } };
  }
  return {
    ConditionExpression: '#version = :seen',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':seen': { S: seen } },
  };
}

function toWire(key: string, { value, version }: Item): WireItem {
  const typed = typeof value === 'string' ? { S: value } : { B: toBase64(value) };
  return { key: { S: key }, value: typed, version: { S: version } };
}

function fromWire({ key, value, version }: WireItem, table: string): Item {
  if (version?.S !== undefined && value?.B !== undefined) {
    return { value: Buffer.from(value.B, 'base64'), version: version.S };
  }
  if (version?.S !== undefined && value?.S?.startsWith('s3://')) {
    return { value: value.S, version: version.S };
  }
  const expected = 'is not a state: expected attributes value (B, or S an s3:// URL) and version (S)';
  const cause = new CallFailure(`item ${key.S} of table ${table} ${expected}`, `item ${key.S} ${expected}`);
  throw new SeldonError('MICROSERVICE_INTERNAL_ERROR', cause.message, { cause });
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function itemBytes(key: string, value: Uint8Array): number {
  const names = 'key'.length + 'value'.length + 'version'.length;
  return names + Buffer.byteLength(key) + value.byteLength + UUID_BYTES;
}

function tooLarge(key: string, value: Uint8Array): SeldonError {
  const info =
    `the state ${key} has ${value.byteLength} bytes and makes an item of ${itemBytes(key, value)}; DynamoDB takes ` +
    `${ITEM_BYTES}. Set STATE_OVERFLOW_URL=s3://bucket/prefix to keep larger states in S3`;
  return new SeldonError('MICROSERVICE_STATE_TOO_LARGE', info, { status: 507 });
}

/** The answer may come from a proxy, as a page of HTML. */
function readAnswer(body: Buffer): WireAnswer | undefined {
  const answer = parseJson(body.toString());
  return isRecord(answer) ? answer : undefined;
}
