import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type BatchFunction, openBatchFunction } from '../../support/batch/batch-function.ts';
import { recordEvents } from '../../support/batch/events.ts';
import { captureLog } from '../../support/log-lines.ts';

let batch: BatchFunction;

beforeAll(async () => {
  batch = await openBatchFunction();
});

beforeEach(() => batch.deploy());

afterEach(() => vi.restoreAllMocks());

afterAll(() => batch.close());

const text = (strData: string) => JSON.stringify({ strData });
const calls = (name: string) => batch.aws.deliveries.filter(({ target }) => target.endsWith(name));
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
const TWO = [text('a'), text('b')];

describe('where the answers go', () => {
  test('SQS: as messages, with the id of the record', async () => {
    expect(await batch.invoke(recordEvents.sqs(TWO))).toEqual(failures());
    const [call] = calls('SendMessageBatch');
    expect(call?.input).toEqual({
      QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/answers',
      Entries: ['a', 'b'].map((strData, index) => ({
        Id: `${index}`,
        MessageBody: JSON.stringify({ strData, meta: { tags: { batch_instance_id: `r${index}` } } }),
        MessageAttributes: { 'record-id': { DataType: 'String', StringValue: `r${index}` } },
      })),
    });
  });

  test('SQS FIFO: in the group of the record, one after the other, each once', async () => {
    batch.deploy({ BATCH_OUTPUT_URL: 'sqs://answers.fifo' });
    expect(await batch.invoke(recordEvents.fifo(TWO))).toEqual(failures());
    const entries = calls('SendMessageBatch').map(({ input }) => input.Entries as object[]);
    expect(entries).toMatchObject([
      [{ MessageGroupId: '1', MessageDeduplicationId: 'r0' }],
      [{ MessageGroupId: '1', MessageDeduplicationId: 'r1' }],
    ]);
    // Of a source without groups, and with an id that SQS would not take.
    batch.aws.deliveries.length = 0;
    const event = recordEvents.sqs(TWO.slice(0, 1));
    Object.assign(event.Records[0] as object, { messageId: 'ä'.repeat(200) });
    expect(await batch.invoke(event)).toEqual(failures());
    expect(calls('SendMessageBatch')[0]?.input.Entries).toMatchObject([
      { MessageGroupId: 'answers', MessageDeduplicationId: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  test('EventBridge: as the detail of events', async () => {
    batch.deploy({ BATCH_OUTPUT_URL: 'eventbridge://bus' });
    expect(await batch.invoke(recordEvents.sqs(TWO))).toEqual(failures());
    const [call] = calls('PutEvents');
    expect(call?.input.Entries).toMatchObject([
      { EventBusName: 'bus', Source: 'seldon-lambda', DetailType: 'Batch Answer', Resources: ['r0'] },
      { Resources: ['r1'], Detail: expect.stringContaining('"strData":"b"') },
    ]);
  });

  test('Firehose: as lines', async () => {
    batch.deploy({ BATCH_OUTPUT_URL: 'firehose://stream' });
    expect(await batch.invoke(recordEvents.sqs(TWO))).toEqual(failures());
    const [call] = calls('PutRecordBatch');
    expect(call?.input).toMatchObject({ DeliveryStreamName: 'stream', Records: [{}, {}] });
    expect(batch.aws.answers.every((answer) => answer.endsWith('}\n'))).toBe(true);
  });

  test('nowhere: the records are answered all the same', async () => {
    batch.deploy({ BATCH_OUTPUT_URL: '' });
    expect(await batch.invoke(recordEvents.sqs([text('a'), text('500')]))).toEqual(failures('r1'));
    expect(batch.aws.deliveries).toEqual([]);
  });

  test('as many as one call takes, and as few bytes', async () => {
    const many = Array.from({ length: 23 }, (_, index) => text(`a ${index}`));
    expect(await batch.invoke(recordEvents.sqs(many))).toEqual(failures());
    expect(calls('SendMessageBatch').map(({ input }) => (input.Entries as object[]).length)).toEqual([
      10, 10, 3,
    ]);
    batch.deploy();
    const large = Array.from({ length: 5 }, () => text('x'.repeat(100_000)));
    expect(await batch.invoke(recordEvents.sqs(large))).toEqual(failures());
    expect(calls('SendMessageBatch').map(({ input }) => (input.Entries as object[]).length)).toEqual([
      2, 2, 1,
    ]);
  });
});

describe('an output that fails', () => {
  test('a refusal for now is tried again', async () => {
    batch.aws.refuses = (answer) => answer.includes('"b"') && calls('SendMessageBatch').length < 2;
    const event = recordEvents.sqs(TWO);
    expect(await batch.invoke(event)).toEqual(failures());
    expect(calls('SendMessageBatch').map(({ input }) => (input.Entries as object[]).length)).toEqual([2, 1]);
  });

  test.each([
    ['is throttled', { status: 400, code: 'ThrottlingException' }],
    ['is not allowed', { status: 403, code: 'AccessDeniedException' }],
    ['is out of order', { status: 500, code: 'InternalFailure' }],
    ['refuses a message that is too large', { status: 400, code: 'BatchRequestTooLong' }],
  ])('a call that %s: the records are reported, and the log says why', async (_, trouble) => {
    batch.aws.trouble = (target) => (target.endsWith('SendMessageBatch') ? trouble : undefined);
    const log = captureLog();
    expect(await batch.invoke(recordEvents.sqs([text('a'), text('500'), text('c')]))).toEqual(
      failures('r0', 'r1', 'r2'),
    );
    const lines = log();
    expect(JSON.stringify(lines)).toContain(trouble.code);
    expect(lines.at(-1)).toMatchObject({ message: 'the records of an event', records: 3, failed: 3 });
  });

  test.each([
    [
      'a URL of no output',
      { BATCH_OUTPUT_URL: 'redis://secret@host' },
      'BATCH_OUTPUT_URL redis://***@host: expected',
    ],
    ['no credentials', { AWS_SECRET_ACCESS_KEY: '' }, 'sqs needs credentials'],
    ['an unknown method', { BATCH_METHOD: 'explain' }, 'BATCH_METHOD'],
  ])('%s: all records are reported, and none is called', async (_, environment, info) => {
    batch.deploy(environment);
    const log = captureLog();
    expect(await batch.invoke(recordEvents.sqs(TWO))).toEqual(failures('r0', 'r1'));
    expect(JSON.stringify(log())).toContain(info);
    expect(JSON.stringify(log())).not.toContain('secret@');
    expect(log().some(({ message }) => message === 'call')).toBe(false);
  });
});

describe('the answer of a record', () => {
  test('has the tags of the model, too, and stays to the letter', async () => {
    batch.deploy({
      MODEL_DIR: new URL('../../models/conformance', import.meta.url).pathname,
      MODEL_NAME: 'Tags',
    });
    expect(await batch.invoke(recordEvents.sqs(['{"data":{"ndarray":[[1.0]]}}']))).toEqual(failures());
    const { meta } = JSON.parse(batch.aws.answers[0] as string);
    expect(meta.tags).toMatchObject({ batch_instance_id: 'r0' });
    expect(Object.keys(meta.tags).length).toBeGreaterThan(1);
  });

  test.each([
    ['text', { strData: 'two\nlines' }],
    ['bytes', { binData: '//79' }],
    ['pretty', { strData: 'two\nlines' }],
  ])('of a raw method that answers %s is one line of JSON', async (kind, payload) => {
    const parameters = [{ name: 'kind', value: kind, type: 'STRING' }];
    batch.deploy({
      MODEL_NAME: 'Raw',
      PAYLOAD_PASSTHROUGH: 'true',
      PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(parameters),
    });
    expect(await batch.invoke(recordEvents.sqs([text('a')]))).toEqual(failures());
    const [answer = ''] = batch.aws.answers;
    expect(answer).not.toMatch(/[\r\n]/);
    expect(JSON.parse(answer)).toEqual({ ...payload, meta: { tags: { batch_instance_id: 'r0' } } });
  });
});
