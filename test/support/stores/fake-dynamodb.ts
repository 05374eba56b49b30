import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An answer that the fake gives instead of its own. */
export interface FakeAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the request is carried out all the same. Default: no. */
  readonly isCarriedOut?: boolean;
}

/** A request as the fake sees it. */
export interface FakeRequest {
  readonly operation: string;
  /** The number of requests of this operation so far, this one included. */
  readonly nth: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A fake of DynamoDB's wire, on a free port of 127.0.0.1. */
export interface FakeDynamodb {
  readonly url: string;
  /** How many requests came, by operation. */
  counts: Record<string, number>;
  /** The items, by key. */
  readonly items: Map<string, Record<string, unknown>>;
  /** Asked for each request; undefined: the fake answers as DynamoDB does. */
  trouble: (request: FakeRequest) => FakeAnswer | undefined | Promise<FakeAnswer | undefined>;
  close(): void;
}

/**
 * A fake of DynamoDB's wire with GetItem, BatchGetItem and conditional PutItem, for answers that no emulator can be brought
 * to give: throttling, late signatures, pages of a proxy.
 */
export async function openFakeDynamodb(): Promise<FakeDynamodb> {
  const server = createServer(async (request, response) => {
    const input = JSON.parse(await text(request));
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const nth = (fake.counts[operation] ?? 0) + 1;
    fake.counts[operation] = nth;
    const trouble = await fake.trouble({ operation, nth, headers: request.headers });
    const isCarriedOut = trouble === undefined || trouble.isCarriedOut === true;
    const answer = isCarriedOut ? carryOut(fake.items, operation, input) : undefined;
    const { status, body, headers } = trouble ?? (answer as FakeAnswer);
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const fake: FakeDynamodb = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: {},
    items: new Map(),
    trouble: () => undefined,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return fake;
}

/** A refusal, as DynamoDB writes it. */
export function refusal(type: string, message: string, status = 400): FakeAnswer {
  return { status, body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }) };
}

interface Key {
  readonly key: { readonly S: string };
}

interface Input {
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Key[] }>>;
  readonly Key?: Key;
  readonly Item?: Key;
  readonly ExpressionAttributeValues?: { readonly ':seen': { readonly S: string } };
}

function carryOut(items: FakeDynamodb['items'], operation: string, input: Input): FakeAnswer {
  if (operation === 'BatchGetItem') {
    const [[table, { Keys }]] = Object.entries(input.RequestItems ?? {}) as [
      [string, { Keys: readonly Key[] }],
    ];
    if (Keys.length > 100 || new Set(Keys.map(({ key }) => key.S)).size < Keys.length) {
      return refusal('ValidationException', 'expected at most 100 keys, each once');
    }
    const found = Keys.flatMap(({ key }) => items.get(key.S) ?? []);
    return { status: 200, body: JSON.stringify({ Responses: { [table]: found }, UnprocessedKeys: {} }) };
  }
  const key = (input.Key ?? input.Item)?.key.S as string;
  const current = items.get(key);
  if (operation === 'GetItem') {
    return { status: 200, body: JSON.stringify(current ? { Item: current } : {}) };
  }
  const seen = input.ExpressionAttributeValues?.[':seen'].S;
  if ((current?.version as { S?: string } | undefined)?.S !== seen) {
    const refused = JSON.parse(refusal('ConditionalCheckFailedException', 'refused').body);
    return { status: 400, body: JSON.stringify({ ...refused, Item: current }) };
  }
  items.set(key, input.Item as unknown as Record<string, unknown>);
  return { status: 200, body: '{}' };
}
