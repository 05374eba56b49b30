import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toEndpoint } from '../../../src/runtime/clients/aws-client.ts';
import { toAddress } from '../../../src/runtime/clients/s3/s3-client.ts';
import { readLocation, toText } from '../../../src/runtime/clients/s3/s3-objects.ts';
import { openDynamodb } from '../../../src/runtime/stores/dynamodb/dynamodb.ts';
import { openS3 } from '../../../src/runtime/stores/s3/s3.ts';
import type { StoreSettings } from '../../../src/runtime/stores/store.ts';
import { AWS_CREDENTIALS, AWS_SETTINGS } from '../../support/stores/aws-settings.ts';
import {
  callDynamodb,
  createTable,
  type DynamodbServer,
  findDynamodbLocal,
  openDynalite,
  openDynamodbLocal,
} from '../../support/stores/dynamodb-servers.ts';
import { openFixedAnswer } from '../../support/stores/fixed-answer.ts';
import { hammer } from '../../support/stores/hammer.ts';
import { openProxy } from '../../support/stores/proxy.ts';
import { openS3Server, type S3Server } from '../../support/stores/s3-server.ts';
import { newKey, storeContract } from '../../support/stores/store-suite.ts';

const TABLE = new URL('dynamodb://states');
const BUCKET = new URL('s3://states/some/prefix');
/** attribute names, a key of one character, a version */
const OVERHEAD = 'key'.length + 'value'.length + 'version'.length + 1 + 36;
const LIMIT = 400 * 1024;

const local = findDynamodbLocal();
const dynamodbs: [string, () => Promise<DynamodbServer>, boolean][] = [['dynalite', openDynalite, false]];
if ('folder' in local) {
  dynamodbs.push(['DynamoDB Local', () => openDynamodbLocal(local.folder), true]);
} else {
  test.skip(`DynamoDB Local is not tested: ${local.missing}`);
}

describe.each(dynamodbs)('a store in %s', (name, openServer, returnsCurrent) => {
  let server: DynamodbServer;
  const settings = (): StoreSettings => ({ ...AWS_SETTINGS, dynamodbEndpoint: server.url });
  const open = () => openDynamodb(TABLE, settings());
  beforeAll(async () => {
    server = await openServer();
    await createTable(server, TABLE.hostname);
  }, 60_000);
  afterAll(() => server.close());

  storeContract(name, open, { returnsCurrent });

  countsExactly(TABLE.href, 'dynamodbEndpoint', () => server.url);

  test('takes items of up to 400 kB, as DynamoDB does, and sends no larger one', async () => {
    const store = await open();
    const largest = new Uint8Array(LIMIT - OVERHEAD);
    expect((await store.put('a', largest, undefined, 10_000)).isStored).toBe(true);
    expect((await store.get('a', 10_000))?.value).toHaveLength(largest.length);

    const larger = new Uint8Array(LIMIT - OVERHEAD + 1);
    await expect(store.put('b', larger, undefined, 10_000)).rejects.toMatchObject({
      reason: 'MICROSERVICE_STATE_TOO_LARGE',
      status: 507,
      message:
        'the state b has 409549 bytes and makes an item of 409601; DynamoDB takes 409600. ' +
        'Set STATE_OVERFLOW_URL=s3://bucket/prefix to keep larger states in S3',
    });
    const item = {
      key: { S: 'b' },
      value: { B: Buffer.from(larger).toString('base64') },
      version: { S: crypto.randomUUID() },
    };
    const sent = callDynamodb(server, 'PutItem', { TableName: TABLE.hostname, Item: item });
    await expect(sent).rejects.toThrow('Item size has exceeded the maximum allowed size');
    await store.close();
  });

  test.each([
    ['no value', { version: { S: '1' } }],
    ['no version', { value: { B: 'YQ==' } }],
    ['a text for a value', { value: { S: 'text' }, version: { S: '1' } }],
    ['a number for a version', { value: { B: 'YQ==' }, version: { N: '1' } }],
  ])('neither reads nor replaces an item that has %s', async (_, attributes) => {
    const store = await open();
    const key = newKey();
    const Item = { key: { S: key }, ...attributes };
    await callDynamodb(server, 'PutItem', { TableName: TABLE.hostname, Item });
    await expect(store.get(key, 10_000)).rejects.toThrow(`item ${key} of table states is not a state`);
    const put = store.put(key, Buffer.from('mine'), undefined, 10_000);
    expect((await Promise.allSettled([put]))[0]).not.toMatchObject({ value: { isStored: true } });
    const Key = { key: { S: key } };
    const read = await callDynamodb(server, 'GetItem', { TableName: TABLE.hostname, Key });
    expect(read.Item).toEqual(Item);
    await store.close();
  });

  test('names a table that is not there', async () => {
    const store = await openDynamodb(new URL('dynamodb://no-such-table'), settings());
    const error = {
      reason: 'MICROSERVICE_BAD_PARAMETER',
      message: expect.stringMatching(
        /^DynamoDB GetItem on table no-such-table: HTTP 400 ResourceNotFoundException: /,
      ),
    };
    await expect(store.get('key', 10_000)).rejects.toMatchObject(error);
    await expect(store.put('key', new Uint8Array(), undefined, 10_000)).rejects.toThrow(
      'ResourceNotFoundException',
    );
    await store.close();
  });
});

test('DynamoDB is asked for what is there now, not for what was a moment ago', async () => {
  const requests: unknown[] = [];
  const server = await openFixedAnswer(200, (request) => {
    requests.push(JSON.parse(request));
    return '{}';
  });
  const store = await openDynamodb(TABLE, { ...AWS_SETTINGS, dynamodbEndpoint: server.url });
  expect(await store.get('key', 5000)).toBeUndefined();
  expect(requests).toEqual([{ TableName: 'states', Key: { key: { S: 'key' } }, ConsistentRead: true }]);
  await store.close();
  server.close();
});

describe('a refusal by DynamoDB', () => {
  const POINTER = 's3://states/large/key.1';
  const refuse = (item: object) =>
    JSON.stringify({
      __type: 'com.amazonaws#ConditionalCheckFailedException',
      message: 'refused',
      Item: item,
    });

  async function putTo(answer: (request: string) => string) {
    const server = await openFixedAnswer(400, answer);
    const store = await openDynamodb(TABLE, { ...AWS_SETTINGS, dynamodbEndpoint: server.url });
    const result = await store.put('key', Buffer.from('mine'), 'seen', 5000);
    await store.close();
    server.close();
    return result;
  }

  test('because the same write is there already is none', async () => {
    expect(await putTo((request) => refuse(JSON.parse(request).Item))).toMatchObject({ isStored: true });
  });

  test('because of a value that is elsewhere brings none', async () => {
    const item = { key: { S: 'key' }, value: { S: POINTER }, version: { S: POINTER } };
    expect(await putTo(() => refuse(item))).toEqual({ isStored: false });
  });
});

describe('a store in S3', () => {
  let server: S3Server;
  const settings = (): StoreSettings => ({ ...AWS_SETTINGS, s3Endpoint: server.url });
  beforeAll(async () => {
    server = await openS3Server();
  });
  afterAll(() => server.close());

  storeContract('S3', () => openS3(BUCKET, settings()));

  countsExactly(BUCKET.href, 's3Endpoint', () => server.url);

  test.each([
    ['s3://states/some/prefix', 'states/some/prefix/key'],
    ['s3://states/some/prefix/', 'states/some/prefix/key'],
    ['s3://states', 'states/key'],
    ['s3://states/', 'states/key'],
    ['s3://states/b%C3%A9%20%2B', 'states/bé +/key'],
  ])('%s has its keys at %s', async (url, name) => {
    const store = await openS3(new URL(url), settings());
    server.objects.clear();
    await store.put('key', Buffer.from(url), undefined, 10_000);
    expect(server.objects.get(name)?.toString()).toBe(url);
    await store.close();
  });

  test('says what a read may be refused for', async () => {
    const store = await openS3(BUCKET, settings());
    server.trouble = () => ({ status: 403, code: 'AccessDenied' });
    await expect(store.get('key', 10_000)).rejects.toThrow(
      '(or there is none, and s3:ListBucket is not allowed)',
    );
    server.trouble = () => undefined;
    await store.close();
  });

  test.each([409, 412])('takes a %i for the refusal that it is', async (status) => {
    const store = await openS3(BUCKET, settings());
    server.trouble = () => ({ status, code: 'ConditionalRequestConflict' });
    expect(await store.put('key', new Uint8Array(), undefined, 10_000)).toEqual({ isStored: false });
    server.trouble = () => undefined;
    await store.close();
  });

  test.each<[string, string, Partial<StoreSettings>]>([
    ['HTTP 404 NoSuchBucket', 's3://no-such-bucket', {}],
    [
      'HTTP 403 InvalidAccessKeyId',
      's3://states',
      { credentials: { ...AWS_CREDENTIALS, accessKeyId: 'other' } },
    ],
    [
      'HTTP 403 SignatureDoesNotMatch',
      's3://states',
      { credentials: { ...AWS_CREDENTIALS, secretAccessKey: 'other' } },
    ],
  ])('says %s, which no other try will change', async (message, url, wrong) => {
    const store = await openS3(new URL(url), { ...settings(), ...wrong });
    const error = { reason: 'MICROSERVICE_BAD_PARAMETER', message: expect.stringContaining(message) };
    await expect(store.get('key', 10_000)).rejects.toMatchObject(error);
    await expect(store.put('key', new Uint8Array(), undefined, 10_000)).rejects.toMatchObject(error);
    await expect(store.put('key', new Uint8Array(), '"0"', 10_000)).rejects.toMatchObject(error);
    await store.close();
  });
});

describe('a bucket of another region', () => {
  const elsewhere = { ...AWS_SETTINGS, region: 'us-east-1' };

  test.each([
    ['an error', undefined],
    [
      'a redirect',
      {
        status: 301,
        body: '<Error><Code>PermanentRedirect</Code><Message>Elsewhere.</Message></Error>',
        headers: { 'x-amz-bucket-region': 'eu-west-1' },
      },
    ],
  ])('that S3 names in %s is used, and remembered', async (_name, trouble) => {
    const server = await openS3Server();
    server.trouble = ({ headers }) => (headers.authorization?.includes('/us-east-1/') ? trouble : undefined);
    const store = await openS3(BUCKET, { ...elsewhere, s3Endpoint: server.url });
    const result = await store.put('key', Buffer.from('mine'), undefined, 5000);
    expect(result.isStored).toBe(true);
    expect(Buffer.from((await store.get('key', 5000))?.value ?? []).toString()).toBe('mine');
    expect(server.requests).toHaveLength(3);
    await store.close();
    server.close();
  });

  test('that does not look like one is not used', async () => {
    const server = await openS3Server();
    const headers = { 'x-amz-bucket-region': 'evil.example/' };
    server.trouble = () => ({ status: 301, body: '<Error><Code>PermanentRedirect</Code></Error>', headers });
    const store = await openS3(BUCKET, { ...elsewhere, s3Endpoint: server.url });
    await expect(store.get('key', 5000)).rejects.toMatchObject({ reason: 'MICROSERVICE_BAD_PARAMETER' });
    expect(server.requests).toHaveLength(1);
    await store.close();
    server.close();
  });

  test('is called at a host of its own', () => {
    const { endpoint } = toAddress(
      { bucket: 'states', key: 'a' },
      { region: 'eu-west-1', s3Endpoint: undefined },
    );
    expect(endpoint.host).toBe('states.s3.eu-west-1.amazonaws.com');
  });
});

describe('S3', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await openS3Server();
  });
  afterAll(() => server.close());

  test('refuses a late signature, which is made anew', async () => {
    let calls = 0;
    server.trouble = () => (++calls === 1 ? { status: 403, code: 'RequestTimeTooSkewed' } : undefined);
    const store = await openS3(BUCKET, { ...AWS_SETTINGS, s3Endpoint: server.url });
    expect(await store.put('key', Buffer.from('mine'), undefined, 5000)).toMatchObject({ isStored: true });
    expect(calls).toBe(2);
    await store.close();
  });

  test('may be asked again after a 409 to a read', async () => {
    const store = await openS3(BUCKET, { ...AWS_SETTINGS, s3Endpoint: server.url });
    server.trouble = () => ({ status: 409, code: 'OperationAborted' });
    const error = await store.get('key', 5000).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'Error', message: expect.stringContaining('OperationAborted') });
    await store.close();
  });

  test('may have stored what it answers without an ETag', async () => {
    const store = await openS3(BUCKET, { ...AWS_SETTINGS, s3Endpoint: server.url });
    server.trouble = () => ({ status: 200, body: '' });
    const error = await store.put('key', Buffer.from('x'), undefined, 5000).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'Error', message: expect.stringContaining('without an ETag') });
    await store.close();
  });
});

describe.each([
  [
    'DynamoDB',
    openDynamodb,
    TABLE,
    (type: string, message: string) => JSON.stringify({ __type: `com.amazonaws#${type}`, message }),
  ],
  [
    'S3',
    openS3,
    BUCKET,
    (code: string, message: string) => `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  ],
] as const)('a refusal of %s', (_name, open, url, write) => {
  const settingsFor = (endpoint: string) => ({
    ...AWS_SETTINGS,
    dynamodbEndpoint: endpoint,
    s3Endpoint: endpoint,
  });

  test.each([
    [400, 'ProvisionedThroughputExceededException'],
    [400, 'ThrottlingException'],
    [400, 'RequestLimitExceeded'],
    [400, 'RequestTimeout'],
    [429, 'TooManyRequests'],
    [500, 'InternalServerError'],
    [503, 'SlowDown'],
  ])('with %i %s may be tried again', async (status, code) => {
    const server = await openFixedAnswer(status, write(code, 'not now'));
    const store = await open(url, settingsFor(server.url));
    for (const call of [store.get('key', 5000), store.put('key', Buffer.from('x'), undefined, 5000)]) {
      const error = await call.catch((error: unknown) => error);
      expect(error).toMatchObject({
        name: 'Error',
        message: expect.stringContaining(`HTTP ${status} ${code}: not now`),
      });
    }
    expect(server.count).toBe(2);
    await store.close();
    server.close();
  });

  test.each([
    [400, 'ValidationException'],
    [403, 'AccessDenied'],
    [400, 'ExpiredTokenException'],
  ])('with %i %s is a mistake in the configuration', async (status, code) => {
    const server = await openFixedAnswer(status, write(code, 'not ever'));
    const store = await open(url, settingsFor(server.url));
    const error = {
      reason: 'MICROSERVICE_BAD_PARAMETER',
      message: expect.stringContaining(`HTTP ${status} ${code}: not ever`),
    };
    await expect(store.get('key', 5000)).rejects.toMatchObject(error);
    await expect(store.put('key', Buffer.from('x'), 'seen', 5000)).rejects.toMatchObject(error);
    await store.close();
    server.close();
  });

  test('tells no secrets, though AWS repeats them', async () => {
    const credentials = { accessKeyId: 'AKID1', secretAccessKey: 'secret1', sessionToken: 'token1' };
    const server = await openFixedAnswer(
      403,
      write('InvalidSignatureException', 'AKID1 token1 secret1\nx-amz-security-token:token1'),
    );
    const store = await open(url, { ...settingsFor(server.url), credentials });
    const { message } = (await store.get('key', 5000).catch((error: unknown) => error)) as Error;
    expect(message).toMatch(/InvalidSignatureException: \*\*\* \*\*\* \*\*\*$/);
    await store.close();
    server.close();
  });

  test.each([200, 404, 502])('by a server of HTML with %i is neither a state nor none', async (status) => {
    const server = await openFixedAnswer(status, '<html>Welcome</html>');
    const store = await open(url, settingsFor(server.url));
    await expect(store.get('key', 5000)).rejects.toThrow();
    await expect(store.put('key', Buffer.from('x'), undefined, 5000)).rejects.toThrow();
    await store.close();
    server.close();
  });
});

describe.each([
  ['DynamoDB', openDynamodb, TABLE],
  ['S3', openS3, BUCKET],
] as const)('a store in %s cannot be opened', (_name, open, url) => {
  test.each<[string, Partial<StoreSettings>, RegExp]>([
    ['without a region', { region: undefined }, /needs a region: set AWS_REGION/],
    ['without credentials', { credentials: undefined }, /needs credentials: set AWS_ACCESS_KEY_ID and/],
    [
      'with empty credentials',
      { credentials: { accessKeyId: '', secretAccessKey: '' } },
      /needs credentials/,
    ],
    [
      'with an endpoint that is none',
      { dynamodbEndpoint: 'localhost:8000', s3Endpoint: 'localhost:8000' },
      /AWS endpoint localhost:8000: expected/,
    ],
  ])('%s', async (_, wrong, message) => {
    const opening = async () => open(url, { ...AWS_SETTINGS, ...wrong });
    await expect(opening()).rejects.toMatchObject({
      reason: 'MICROSERVICE_BAD_PARAMETER',
      message: expect.stringMatching(message),
    });
  });
});

test.each([
  [openDynamodb, 'dynamodb://'],
  [openDynamodb, 'dynamodb://ab'],
  [openDynamodb, 'dynamodb://a%20table'],
  [openS3, 's3://'],
  [openS3, 's3://Capital/prefix'],
  [openS3, 's3://under_score'],
  [openS3, 's3://states/%zz'],
] as const)('%o refuses %s', async (open, url) => {
  const opening = async () => open(new URL(url), AWS_SETTINGS);
  await expect(opening()).rejects.toMatchObject({
    reason: 'MICROSERVICE_BAD_PARAMETER',
    message: expect.stringContaining('expected'),
  });
});

test.each([
  ['eu-west-1', undefined, 'https://dynamodb.eu-west-1.amazonaws.com/'],
  ['cn-north-1', undefined, 'https://dynamodb.cn-north-1.amazonaws.com.cn/'],
  ['eu-west-1', 'http://[::1]:8000', 'http://[::1]:8000/'],
])('DynamoDB in %s with endpoint %s is at %s', (region, override, url) => {
  expect(toEndpoint('dynamodb', region, override).href).toBe(url);
});

test.each([
  ['states', undefined, 'https://states.s3.eu-west-1.amazonaws.com', '/a/key'],
  ['my.states', undefined, 'https://s3.eu-west-1.amazonaws.com', '/my.states/a/key'],
  ['states', 'http://localhost:9000', 'http://localhost:9000', '/states/a/key'],
  ['states', 'https://minio.example/base/', 'https://minio.example', '/base/states/a/key'],
])('bucket %s with endpoint %s is called at %s%s', (bucket, s3Endpoint, origin, path) => {
  const address = toAddress({ bucket, key: 'a/key' }, { region: 'eu-west-1', s3Endpoint });
  expect([address.endpoint.origin, address.path]).toEqual([origin, path]);
});

test('the URL of an object is read as that object', () => {
  const location = { bucket: 'states', key: "a b/é+%2F!'()*~.-_/🜚?#&=" };
  expect(toText(location)).toBe(
    's3://states/a%20b/%C3%A9%2B%252F%21%27%28%29%2A~.-_/%F0%9F%9C%9A%3F%23%26%3D',
  );
  expect(readLocation(toText(location))).toEqual(location);
});

/** Writers of one key in many processes, with a good network and with a bad one. */
function countsExactly(
  url: string,
  endpoint: 'dynamodbEndpoint' | 's3Endpoint',
  serverUrl: () => string,
): void {
  test('counts exactly with 16 writers in 4 processes', async () => {
    const settings = { ...AWS_SETTINGS, [endpoint]: serverUrl() };
    const result = await hammer(url, { settings, processes: 4, writers: 4, increments: 40 });
    expect(result).toMatchObject({ total: 640, errors: [] });
  }, 60_000);

  test('counts exactly though 5 % of the answers are lost', async () => {
    const proxy = await openProxy(new URL(serverUrl()).host, { share: 0.05 });
    const settings = { ...AWS_SETTINGS, [endpoint]: `http://${proxy.address}` };
    const onCounted = () => {
      proxy.share = 0;
    };
    const result = await hammer(url, { settings, processes: 2, writers: 4, increments: 20, onCounted });
    expect(result.total).toBe(160);
    expect(proxy.dropped).toBeGreaterThan(0);
    await proxy.close();
  }, 60_000);
}
