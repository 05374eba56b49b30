import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adapters } from '../../../src/runtime/lambda/events/index.ts';
import { sources } from '../../../src/runtime/records/sources/index.ts';
import { answeredIds, type BatchFunction, openBatchFunction } from '../../support/batch/batch-function.ts';
import { recordsFixture } from '../../support/batch/events.ts';
import { apiGatewayV2, eventSources, readResult } from '../../support/events.ts';

let batch: BatchFunction;

beforeAll(async () => {
  batch = await openBatchFunction();
});

beforeEach(() => batch.deploy());

afterAll(() => batch.close());

const answers = () => batch.aws.answers.map((text) => JSON.parse(text));
const arrays = () => answers().map(({ data }) => data.ndarray);

describe('documented events', () => {
  test('SQS: each message is answered; a bare array is one, too', async () => {
    expect(await batch.invoke(recordsFixture('sqs'))).toEqual({ batchItemFailures: [] });
    expect(arrays()).toEqual([[[1, 2]], [[3.5, 4]]]);
    expect(answeredIds(batch.aws.answers)).toEqual([
      '059f36b4-87a3-44ab-83d2-661975830a7d',
      '2e1424d4-f796-459a-8184-9c92662be6da',
    ]);
    // Two answers, one call.
    expect(batch.aws.deliveries.map(({ target }) => target)).toEqual([
      'AmazonSQS.GetQueueUrl',
      'AmazonSQS.SendMessageBatch',
    ]);
  });

  test('Kinesis', async () => {
    expect(await batch.invoke(recordsFixture('kinesis'))).toEqual({ batchItemFailures: [] });
    expect(arrays()).toEqual([[[1, 2]], [[3.5, 4]]]);
    expect(answeredIds(batch.aws.answers)[0]).toBe(
      'shardId-000000000006:49590338271490256608559692538361571095921575989136588898',
    );
  });

  test('DynamoDB: an item is a message, or a row of named columns; all digits stay; a deleted one is none', async () => {
    expect(await batch.invoke(recordsFixture('dynamodb'))).toEqual({ batchItemFailures: [] });
    expect(batch.aws.answers).toHaveLength(2);
    expect(batch.aws.answers[0]).toContain('[[1,9007199254740993]]');
    expect(answers()[1].jsonData).toEqual({ names: ['length', 'width'], rows: [[5.1, 3.5]] });
  });

  test.each([
    ['sns', '95df01b4-ee98-5cb9-9903-4c221d41eb5e'],
    ['eventbridge', '6a7e8feb-b491-4cf7-a9f1-bf3703467718'],
  ])('%s', async (name, id) => {
    expect(await batch.invoke(recordsFixture(name))).toBeNull();
    expect(arrays()).toEqual([[[1, 2]]]);
    expect(answeredIds(batch.aws.answers)).toEqual([id]);
  });

  test.each(['sns-notification', 'eventbridge'])('%s in a queue: the message is taken out', async (name) => {
    const event = recordsFixture('sqs');
    event.Records = event.Records.slice(0, 1).map((record) => ({
      ...record,
      body: JSON.stringify(recordsFixture(name)),
    }));
    expect(await batch.invoke(event)).toEqual({ batchItemFailures: [] });
    expect(arrays()).toEqual([[[1, 2]]]);
    expect(answeredIds(batch.aws.answers)).toEqual(['059f36b4-87a3-44ab-83d2-661975830a7d']);
  });

  test('each is of one source, and none is of any other event source but a direct invocation', () => {
    const names = readdirSync(new URL('../../fixtures/records/', import.meta.url));
    const isEnvelope = /^(sns-notification|s3-test-event)/;
    for (const name of names.filter((each) => !isEnvelope.test(each))) {
      const event = recordsFixture(name.replace('.json', ''));
      expect([name, sources.filter((source) => source.matches(event)).length]).toEqual([name, 1]);
      const others = adapters.filter((adapter) => adapter.matches(event)).map(({ source }) => source);
      expect([name, others]).toEqual([name, ['direct']]);
    }
  });

  test('no other event, and no other value, is of a source of records', () => {
    const events = Object.values(eventSources).map((toEvent) => toEvent({ method: 'GET', path: '/' }));
    const values = [null, undefined, 1, 'x', [], {}, { Records: [] }, { Records: [null] }, { Records: {} }];
    const records = [
      { Records: [{ eventSource: 'aws:sqs' }] },
      { Records: [{ eventSource: 'aws:kinesis', kinesis: 1 }] },
    ];
    for (const value of [...events, ...values, ...records]) {
      expect(sources.filter((source) => source.matches(value))).toEqual([]);
    }
  });
});

describe('what fails is reported as the source wants it', () => {
  const withBodies = (name: string, bodies: string[]) => {
    const event = recordsFixture(name);
    const [record] = event.Records;
    return { Records: bodies.map((body, index) => ({ ...record, messageId: `m${index}`, body })) };
  };

  test('SQS: the messages that failed, and no other', async () => {
    const event = withBodies('sqs', ['[[1]]', '{"strData":"422"}', '{"data":', 'plain text', '[[5]]']);
    expect(await batch.invoke(event)).toEqual({
      batchItemFailures: ['m1', 'm2', 'm3'].map((itemIdentifier) => ({ itemIdentifier })),
    });
    expect(answeredIds(batch.aws.answers)).toEqual(['m0', 'm4']);
  });

  test('FIFO: the first that failed, and all after it, which are not tried', async () => {
    const event = withBodies('sqs-fifo', ['[[1]]', '{"strData":"422"}', '[[3]]']);
    expect(await batch.invoke(event)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
    expect(answeredIds(batch.aws.answers)).toEqual(['m0']);
  });

  test('a stream: where to go on', async () => {
    const event = recordsFixture('kinesis');
    const [, second] = event.Records;
    const data = Buffer.from('not a message').toString('base64');
    Object.assign(second as object, { kinesis: { ...(second?.kinesis as object), data } });
    expect(await batch.invoke(event)).toEqual({
      batchItemFailures: [{ itemIdentifier: '49590338271490256608559692540925702759324208523137515618' }],
    });
    expect(batch.aws.answers).toHaveLength(1);
  });

  test.each([
    ['records that a producer has aggregated', Buffer.from([0xf3, 0x89, 0x9a, 0xc2, 1]).toString('base64')],
    ['data that is not base64', '*'],
    ['data that is not text', Buffer.from([0xff, 0xfe, 0xfd]).toString('base64')],
  ])('a stream with %s', async (_, data) => {
    const event = recordsFixture('kinesis');
    Object.assign(event.Records[0]?.kinesis as object, { data });
    expect(await batch.invoke(event)).toMatchObject({ batchItemFailures: [{ itemIdentifier: /8898$/ }] });
  });

  test.each(['sns', 'eventbridge'])('%s: the call fails, with the reason as its name', async (name) => {
    const event = recordsFixture(name);
    if (name === 'sns') {
      Object.assign(event.Records[0]?.Sns as object, { Message: '{"strData":"422"}' });
    } else {
      event.detail = { strData: '422' };
    }
    await expect(batch.invoke(event)).rejects.toMatchObject({ name: 'ASKED_FOR', message: 'status 422' });
  });

  test('an item that DynamoDB would not write', async () => {
    const event = recordsFixture('dynamodb');
    Object.assign(event.Records[0]?.dynamodb as object, { NewImage: { strData: { X: 'a' } } });
    expect(await batch.invoke(event)).toEqual({
      batchItemFailures: [{ itemIdentifier: '4421584500000000017450439091' }],
    });
  });
});

describe('other events', () => {
  test('a schedule loads the model; a request and a message are not for this function', async () => {
    const schedule = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {}, id: 'x' };
    expect(await batch.invoke(schedule)).toBeNull();
    const request = apiGatewayV2({ method: 'POST', path: '/predict', body: '{"strData":"x"}' });
    expect(readResult(await batch.invoke(request)).status).toBe(404);
    await expect(batch.invoke({ strData: 'x' })).rejects.toMatchObject({ name: 'MICROSERVICE_NOT_FOUND' });
  });
});
