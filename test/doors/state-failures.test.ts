import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeEnvelope, encodeEnvelope, nextEnvelope } from '../../src/runtime/state/envelope.ts';
import { apiGatewayV2, lambdaContext, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';
import { AWS_CREDENTIALS } from '../support/stores/aws-settings.ts';
import { type FakeDynamodb, openFakeDynamodb, refusal } from '../support/stores/fake-dynamodb.ts';

let dynamodb: FakeDynamodb;

beforeEach(async () => {
  dynamodb = await openFakeDynamodb();
});

afterEach(() => {
  dynamodb.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function instance(more: Record<string, string> = {}): Deployment {
  return deploy({
    MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
    MODEL_NAME: 'Counter',
    STATE_URL: 'dynamodb://the-table',
    STATE_MAX_AGE_MS: '0',
    METRICS_URL: '',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    ...more,
  });
}

async function feedback(functions: Deployment, leftMs = 20_000) {
  const endAt = performance.now() + leftMs;
  const context = lambdaContext({ getRemainingTimeInMillis: () => endAt - performance.now() });
  const event = apiGatewayV2({ method: 'POST', path: '/send-feedback', body: '{"reward":1}' });
  const { status, body } = readResult(await functions.invoke('send-feedback', event, context));
  const { status: problem, data } = JSON.parse(body as string);
  return { status, info: problem?.info as string, values: data?.tensor.values };
}

describe('a write that DynamoDB throttles', () => {
  test('is sent again, ever more seldom; nothing is read and the model does not run again', async () => {
    dynamodb.trouble = ({ operation, nth }) =>
      operation === 'PutItem' && nth < 5 ? refusal('ThrottlingException', 'slowly') : undefined;
    expect(await feedback(instance())).toMatchObject({ status: 200, values: [1] });
    expect(dynamodb.counts).toEqual({ GetItem: 1, PutItem: 5 });
  });

  test('for good is answered 503 with the reason, after few tries', async () => {
    const runs = vi.fn();
    dynamodb.trouble = ({ operation }) => {
      runs(operation);
      return operation === 'PutItem'
        ? refusal('ProvisionedThroughputExceededException', 'slowly')
        : undefined;
    };
    const { status, info } = await feedback(instance(), 4_000);
    expect(status).toBe(503);
    expect(info).toBe(
      'the state store could not be used in time: HTTP 400 ProvisionedThroughputExceededException',
    );
    expect(dynamodb.counts.GetItem).toBe(1);
    expect(dynamodb.counts.PutItem).toBeLessThan(20);
  });
});

describe('a read that DynamoDB throttles for good', () => {
  test('is answered 503 with the reason, after few tries', async () => {
    dynamodb.trouble = () => refusal('ThrottlingException', 'slowly');
    const { status, info } = await feedback(instance(), 3_000);
    expect([status, info]).toEqual([
      503,
      'the state store could not be used in time: HTTP 400 ThrottlingException',
    ]);
    expect(dynamodb.counts.GetItem).toBeLessThan(20);
  });
});

describe('an answer that does not say what became of a write', () => {
  test.each([
    ['200 and a page of a proxy', { status: 200, body: '<html>hello</html>' }],
    ['200 and nothing', { status: 200, body: '' }],
    ['400 TransactionInProgressException', refusal('TransactionInProgressException', 'wait')],
    ['403 and a page of a proxy', { status: 403, body: '<html>no</html>' }],
    ['500 InternalServerError', refusal('InternalServerError', 'oh', 500)],
  ])('%s: the store is looked at, and the feedback is counted once', async (_name, answer) => {
    for (const isCarriedOut of [true, false]) {
      dynamodb.items.clear();
      dynamodb.counts.PutItem = 0;
      dynamodb.trouble = ({ operation, nth }) =>
        operation === 'PutItem' && nth === 1 ? { ...answer, isCarriedOut } : undefined;
      expect(await feedback(instance())).toMatchObject({ status: 200, values: [1] });
      expect(dynamodb.counts.PutItem).toBe(isCarriedOut ? 1 : 2);
    }
  });
});

describe('a write whose reply is lost', () => {
  const KEY = 'persistence_0_0_0';
  const read = () => {
    const { value } = dynamodb.items.get(KEY) as { value: { B: string } };
    return decodeEnvelope(Buffer.from(value.B, 'base64'), KEY);
  };
  const countOf = (): number => (deserialize(read().state) as { count: number }).count;

  /** Other instances count, each once or all in the name of one. */
  function countByOthers(others: number, isOne = false): void {
    let envelope = read();
    for (let index = 0; index < others; index++) {
      const { count, sum } = deserialize(envelope.state) as { count: number; sum: number };
      const state = serialize({ count: count + 1, sum: sum + 1 });
      const write = { writer: isOne ? 'other' : `other${index}`, nth: index + 1 };
      envelope = nextEnvelope(envelope, { ...envelope, state }, write, undefined);
    }
    const value = { B: Buffer.from(encodeEnvelope(envelope)).toString('base64') };
    dynamodb.items.set(KEY, { key: { S: KEY }, value, version: { S: 'of-others' } });
  }

  /** The first feedback is lost, with its write or with the reply only; then others write. */
  async function lose(isCarriedOut: boolean, others: () => void) {
    const functions = instance();
    await feedback(functions);
    dynamodb.counts = {};
    dynamodb.trouble = ({ operation, nth }) => {
      if (operation === 'PutItem' && nth === 1) {
        return { status: 500, body: '', isCarriedOut };
      }
      if (operation === 'GetItem' && nth === 1) {
        others();
      }
      return undefined;
    };
    return feedback(functions);
  }

  test.each([
    [255, true, false],
    [300, true, true],
    [255, false, false],
    [300, false, true],
  ])('is counted once after %i writes of others (its own is stored: %s)', async (others, isStored, isOne) => {
    expect((await lose(isStored, () => countByOthers(others, isOne))).status).toBe(200);
    expect(countOf()).toBe(2 + others);
  });

  test.each([
    [256, true],
    [1000, true],
    [1000, false],
  ])(
    'is answered 503 after %i others wrote, and not counted twice (its own is stored: %s)',
    async (others, isStored) => {
      const { status, info } = await lose(isStored, () => countByOthers(others));
      expect(status).toBe(503);
      expect(info).toContain('it is not known whether the change was stored');
      expect(countOf()).toBe(others + (isStored ? 2 : 1));
      expect(read().writes.length).toBeLessThanOrEqual(256);
    },
  );
});

describe('a signature that DynamoDB refuses for its time', () => {
  const late = 'Signature expired: 20261129T100000Z is now earlier than 20261129T100500Z';

  test('is made anew, and the call is sent again', async () => {
    dynamodb.trouble = ({ nth }) => (nth === 1 ? refusal('InvalidSignatureException', late) : undefined);
    expect(await feedback(instance())).toMatchObject({ status: 200, values: [1] });
    expect(dynamodb.counts).toEqual({ GetItem: 2, PutItem: 2 });
  });

  test('is made with the time of the service when the own clock is wrong, from then on', async () => {
    const serverMs = Date.now() + 3_600_000;
    const date = new Date(serverMs).toUTCString();
    dynamodb.trouble = ({ headers }) => {
      const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(`${headers['x-amz-date']}`) ?? [];
      const [year, month, ...rest] = parts.map(Number) as [number, number, number, number, number, number];
      const signedMs = Date.UTC(year, month - 1, ...rest);
      return Math.abs(signedMs - serverMs) > 300_000
        ? { ...refusal('InvalidSignatureException', late), headers: { date } }
        : undefined;
    };
    expect(await feedback(instance())).toMatchObject({ status: 200, values: [1] });
    expect(dynamodb.counts).toEqual({ GetItem: 2, PutItem: 1 });
  });
});

test('what DynamoDB refuses for good is answered at once, without account, role and table', async () => {
  const lines = captureLog();
  const message =
    'User: arn:aws:sts::123456789012:assumed-role/my-role/fn is not authorized to perform: dynamodb:GetItem on ' +
    'resource: arn:aws:dynamodb:eu-west-1:123456789012:table/the-table';
  dynamodb.trouble = () => refusal('AccessDeniedException', message);
  const { status, info } = await feedback(instance());
  expect([status, info]).toEqual([500, 'STATE_URL: HTTP 400 AccessDeniedException']);
  expect(dynamodb.counts).toEqual({ GetItem: 1 });
  // The log has what the operator needs.
  expect(JSON.stringify(lines())).toContain('DynamoDB GetItem on table the-table');
  expect(JSON.stringify(lines())).toContain(message);
});
