import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BatchFunction, openBatchFunction } from '../../support/batch/batch-function.ts';
import { recordsFixture } from '../../support/batch/events.ts';

let batch: BatchFunction;

beforeAll(async () => {
  batch = await openBatchFunction();
});

beforeEach(() => {
  batch.deploy({ BATCH_OUTPUT_URL: 's3://states/out' });
  batch.s3.objects.clear();
});

afterAll(() => batch.close());

const KEY = 'in/my data+1.jsonl';
const line = (strData: string) => JSON.stringify({ strData });

/** Puts a file, and makes the notification of it. */
function put(content: string | Buffer, key = KEY) {
  const bytes = Buffer.from(content);
  batch.s3.objects.set(`states/${key}`, bytes);
  const event = recordsFixture('s3');
  const [record = {}] = event.Records;
  const { object } = record.s3 as { object: Record<string, unknown> };
  const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
  Object.assign(object, { key: encoded, size: bytes.length, eTag: etagOf(bytes) });
  return event;
}

function etagOf(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** The objects of answers: their names below the prefix, and their lines. */
function written(): Record<string, string[]> {
  const names = [...batch.s3.objects.keys()].filter((name) => name.startsWith('states/out/')).sort();
  return Object.fromEntries(
    names.map((name) => [
      name.slice('states/out/'.length),
      (batch.s3.objects.get(name) as Buffer).toString().split('\n').filter(Boolean),
    ]),
  );
}

const answers = () =>
  Object.entries(written())
    .filter(([name]) => !name.endsWith('_SUCCESS'))
    .flatMap(([, lines]) => lines.map((each) => JSON.parse(each)));

test('each line of a new file is answered, in order; what fails says why, in its place', async () => {
  const event = put([line('a'), '', '[[1.5]]', line('422'), 'no message', '  ', '{"length":5.1}'].join('\n'));
  expect(await batch.invoke(event)).toBeNull();
  const folder = `${KEY}/${etagOf(batch.s3.objects.get(`states/${KEY}`) as Buffer)}`;
  expect(Object.keys(written())).toEqual([`${folder}/_SUCCESS`, `${folder}/part-000000000000.jsonl`]);
  expect(written()[`${folder}/_SUCCESS`]).toEqual(['{"lines":5}']);
  expect(answers()).toMatchObject([
    { strData: 'a', meta: { tags: { batch_index: 0 } } },
    { data: { ndarray: [[1.5]] } },
    {
      status: { status: 1, info: 'FAILURE', reason: 'ASKED_FOR: status 422' },
      meta: { tags: { batch_index: 2 } },
    },
    { status: { reason: expect.stringMatching(/^MICROSERVICE_BAD_DATA: .*expected a SeldonMessage/) } },
    { jsonData: { names: ['length'], rows: [[5.1]] }, meta: { tags: { batch_index: 4 } } },
  ]);
});

test.each([
  ['a line end of Windows', `${line('a')}\r\n${line('b')}\r\n`],
  ['a last line without an end', `${line('a')}\n${line('b')}`],
  ['gzip', gzipSync(`${line('a')}\n${line('b')}\n`)],
  ['gzip in two members', Buffer.concat([gzipSync(`${line('a')}\n`), gzipSync(line('b'))])],
])('%s', async (_, content) => {
  const isGzip = Buffer.isBuffer(content);
  expect(await batch.invoke(put(content, isGzip ? 'in/a.jsonl.gz' : KEY))).toBeNull();
  expect(answers().map(({ strData }) => strData)).toEqual(['a', 'b']);
});

test('CSV: a row is one message, with the names of the columns', async () => {
  const rows = ['length,"the ""name"""', '5.1,"a, b"', '1e3,"two', 'lines"', '007,', '1', '"x"'];
  expect(await batch.invoke(put(rows.join('\n'), 'in/a.csv'))).toBeNull();
  const names = ['length', 'the "name"'];
  expect(answers().map(({ jsonData, status }) => jsonData ?? status.reason)).toEqual([
    { names, rows: [[5.1, 'a, b']] },
    { names, rows: [[1000, 'two\nlines']] },
    { names, rows: [['007', '']] },
    'MICROSERVICE_BAD_DATA: the row has 1 cells; expected 2, as the header',
    'MICROSERVICE_BAD_DATA: the row has 1 cells; expected 2, as the header',
  ]);
});

test('CSV: quotes count where a cell begins; blank lines count in quotes', async () => {
  const rows = [
    '\ufeffsize,text',
    '12" pipe,a',
    '',
    '5" or 6",b',
    '"one',
    '',
    'three",c',
    '  ',
    '7,"d""',
    '"',
    '',
  ];
  expect(await batch.invoke(put(rows.join('\r\n'), 'in/a.csv'))).toBeNull();
  expect(answers().map(({ jsonData, status }) => jsonData?.rows[0] ?? status.reason)).toEqual([
    ['12" pipe', 'a'],
    ['5" or 6"', 'b'],
    ['one\r\n\r\nthree', 'c'],
    [7, 'd"\r\n'],
  ]);
});

test('CSV: a row whose quotes are never closed is one failure, and takes time for its bytes only', async () => {
  batch.deploy({ BATCH_OUTPUT_URL: 's3://states/out', MAX_DECOMPRESSED_BYTES: '20000000' });
  const event = put(`a,b\n"${'x\n'.repeat(1_000_000)}`, 'in/a.csv');
  expect(await batch.invoke(event)).toBeNull();
  expect(answers()).toMatchObject([{ status: { reason: expect.stringContaining('MICROSERVICE_BAD_DATA') } }]);
});

test('a line that is too long has no answer, and takes no memory', async () => {
  batch.deploy({ BATCH_OUTPUT_URL: 's3://states/out', MAX_DECOMPRESSED_BYTES: '1000' });
  const event = put([line('a'), line('x'.repeat(20_000_000)), line('c')].join('\n'));
  expect(await batch.invoke(event)).toBeNull();
  expect(answers()).toMatchObject([
    { strData: 'a' },
    { status: { reason: expect.stringContaining('more than 1000 bytes') } },
    { strData: 'c' },
  ]);
});

describe('a file that is not finished', () => {
  const lines = Array.from({ length: 50 }, (_, index) => line(`a ${index}`));
  const clock = (startMs: number) => {
    let left = startMs;
    return {
      getRemainingTimeInMillis() {
        left -= 500;
        return Math.max(0, left);
      },
    };
  };

  test('goes on with the next try, where the last one ended, and no line comes twice', async () => {
    const event = put(lines.join('\n'));
    let tries = 1;
    for (; tries < 20; tries++) {
      const call = batch.invoke(event, clock(12_000)).then(
        () => 'done',
        (error: Error) => error.name,
      );
      if ((await call) === 'done') {
        break;
      }
    }
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThan(20);
    expect(answers().map(({ strData }) => strData)).toEqual(lines.map((each) => JSON.parse(each).strData));
    // The same notification once more, as S3 may send it.
    batch.s3.requests.length = 0;
    expect(await batch.invoke(event)).toBeNull();
    expect(batch.s3.requests).toEqual([expect.stringMatching(/^LIST/)]);
  });

  test('a failure that may pass ends the work, and is tried again by Lambda', async () => {
    const event = put([line('a'), line('503'), line('c')].join('\n'));
    await expect(batch.invoke(event)).rejects.toMatchObject({
      name: 'ASKED_FOR',
      message: expect.stringMatching(/1 lines are answered/),
    });
    expect(answers()).toHaveLength(1);
    await expect(batch.invoke(event)).rejects.toThrow('1 lines are answered');
  });

  test('another call that works on the same file is noticed', async () => {
    const event = put(lines.join('\n'));
    batch.s3.trouble = ({ method }) =>
      method === 'PUT' ? { status: 412, code: 'PreconditionFailed' } : undefined;
    await expect(batch.invoke(event)).rejects.toMatchObject({ name: 'BATCH_CONFLICT' });
  });

  test.each([
    ['that cannot be read', 'GET' as const],
    ['whose answers cannot be written', 'PUT' as const],
  ])('one %s', async (_, refused) => {
    const event = put(lines.join('\n'));
    batch.s3.trouble = ({ method, key }) =>
      method === refused && key !== '' ? { status: 403, code: 'AccessDenied' } : undefined;
    await expect(batch.invoke(event)).rejects.toMatchObject({ name: 'MICROSERVICE_BAD_PARAMETER' });
    expect(answers()).toEqual([]);
  });
});

describe('nothing is done', () => {
  test.each([
    ['for an object that was deleted', { eventName: 'ObjectRemoved:Delete' }],
    [
      'for an empty object',
      { s3: { bucket: { name: 'states' }, object: { key: 'in/', size: 0, eTag: 'x' } } },
    ],
  ])('%s', async (_, change) => {
    const event = put(line('a'));
    Object.assign(event.Records[0] as object, change);
    expect(await batch.invoke(event)).toBeNull();
    expect(written()).toEqual({});
  });

  test('for an answer, which would be answered without an end', async () => {
    expect(await batch.invoke(put(line('a'), 'out/a.jsonl'))).toBeNull();
    expect(Object.keys(written())).toEqual(['a.jsonl']);
  });

  test('for content that was replaced: the new one has its own event', async () => {
    const event = put(line('a'));
    batch.s3.objects.set(`states/${KEY}`, Buffer.from(line('b')));
    expect(await batch.invoke(event)).toBeNull();
    expect(written()).toEqual({});
  });

  test('for the test that S3 sends to a queue', async () => {
    const event = recordsFixture('sqs');
    const body = JSON.stringify(recordsFixture('s3-test-event'));
    event.Records = event.Records.slice(0, 1).map((record) => ({ ...record, body }));
    expect(await batch.invoke(event)).toEqual({ batchItemFailures: [] });
    expect(written()).toEqual({});
  });
});

describe('a notification by other ways', () => {
  test('EventBridge, whose keys are not encoded', async () => {
    put(line('a'));
    const event = recordsFixture('s3-eventbridge');
    const bytes = Buffer.from(line('a'));
    const { object } = event.detail as { object: object };
    Object.assign(object, { size: bytes.length, etag: etagOf(bytes) });
    expect(await batch.invoke(event)).toBeNull();
    expect(answers()).toHaveLength(1);
  });

  test('a queue, which reports a file that is not finished', async () => {
    const [good, bad] = [put(line('a'), 'in/a.jsonl'), put(line('503'), 'in/b.jsonl')];
    const event = recordsFixture('sqs');
    event.Records = event.Records.map((record, index) => ({
      ...record,
      body: JSON.stringify([good, bad][index]),
    }));
    expect(await batch.invoke(event)).toEqual({
      batchItemFailures: [{ itemIdentifier: '2e1424d4-f796-459a-8184-9c92662be6da' }],
    });
    expect(answers()).toMatchObject([{ strData: 'a' }]);
  });
});

test.each(['sqs://answers', ''])('files need a place in S3 for their answers: %j is none', async (url) => {
  batch.deploy({ BATCH_OUTPUT_URL: url });
  await expect(batch.invoke(put(line('a')))).rejects.toMatchObject({
    name: 'MICROSERVICE_BAD_PARAMETER',
    message: expect.stringContaining('BATCH_OUTPUT_URL=s3://bucket/prefix'),
  });
});
