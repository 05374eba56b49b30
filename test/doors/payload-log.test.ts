import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type CloudEvent, HTTP } from 'cloudevents';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { endsBefore } from '../support/ends-before.ts';
import { apiGatewayV2, lambdaContext, readResult, type TestRequest } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';
import { type AwsStandIn, openAwsStandIn } from '../support/sinks/aws-stand-in.ts';
import { openReceiver, type Received, type Receiver } from '../support/sinks/receiver.ts';
import { AWS_CREDENTIALS, AWS_SETTINGS } from '../support/stores/aws-settings.ts';

const REQUEST = 'io.seldon.serving.inference.request';
const RESPONSE = 'io.seldon.serving.inference.response';
const FEEDBACK = 'io.seldon.serving.feedback';

const NAMES = {
  PREDICTIVE_UNIT_ID: 'classifier',
  PREDICTOR_ID: 'main',
  SELDON_DEPLOYMENT_ID: 'iris',
  SELDON_NAMESPACE: 'models',
};
const EXTENSIONS = {
  modelid: 'classifier',
  endpoint: 'main',
  inferenceservicename: 'iris',
  namespace: 'models',
};

const closes: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const close of closes.splice(0)) {
    await close();
  }
});

async function receive(...answer: Parameters<typeof openReceiver>): Promise<Receiver> {
  const receiver = await openReceiver(...answer);
  closes.push(() => receiver.close());
  return receiver;
}

function start(url: string, overrides: Record<string, string> = {}): Deployment {
  return deploy({ MODEL_NAME: 'Identity', ...NAMES, PAYLOAD_LOG_URL: url, ...overrides });
}

function post(
  path: string,
  body: TestRequest['body'] = '',
  headers: Record<string, string> = {},
): TestRequest {
  return {
    method: 'POST',
    path,
    body,
    headers: { 'content-type': 'application/json', 'seldon-puid': 'mine', ...headers },
  };
}

/** The events that arrived, as CloudEvents' own library reads them, by type. */
function eventsOf(received: readonly Received[]): Record<string, CloudEvent<unknown>> {
  const events = received.map(({ headers, body }) =>
    HTTP.toEvent<unknown>({ headers, body: body.toString() }),
  ) as CloudEvent<unknown>[];
  for (const event of events) {
    event.validate();
  }
  return Object.fromEntries(events.map((event) => [event.type, event]));
}

describe('PAYLOAD_LOG_URL=http://', () => {
  test('gets request and response of a prediction as the orchestrator sent them', async () => {
    const receiver = await receive();
    const { send } = start(`http://${receiver.host}/log?a=b`);
    const message = '{"data":{"ndarray":[[1.0,2.50]]}}';
    const { body } = await send(post('/predict', message));
    const { [REQUEST]: request, [RESPONSE]: response, ...others } = eventsOf(receiver.received);
    expect(others).toEqual({});
    const common = {
      ...EXTENSIONS,
      requestid: 'mine',
      specversion: '1.0',
      source: '/seldon/models/iris/main/classifier',
      datacontenttype: 'application/json',
    };
    expect(request).toMatchObject({ ...common, data: JSON.parse(message) });
    expect(response).toMatchObject({ ...common, data: JSON.parse(body as string) });
    expect(request?.id).not.toBe(response?.id);
    for (const { path, headers } of receiver.received) {
      expect(path).toBe('/log?a=b');
      expect(headers['ce-specversion']).toBe('1.0');
    }
    // Each digit as it was sent.
    expect(receiver.received.map(({ body }) => body.toString())).toContain(message);
  });

  test.each(['/transform-input', '/transform-output', '/route', '/aggregate', '/api/v1.0/predictions'])(
    'gets both of %s too',
    async (path) => {
      const receiver = await receive();
      const { send } = start(`http://${receiver.host}/`, { MODEL_NAME: 'MetricsAll' });
      const one = '{"data":{"ndarray":[[1.0,2.0]]}}';
      await send(post(path, path === '/aggregate' ? `{"seldonMessages":[${one}]}` : one));
      expect(Object.keys(eventsOf(receiver.received)).sort()).toEqual([REQUEST, RESPONSE]);
    },
  );

  describe.each<[string, Record<string, unknown>]>([
    ['predict', { data: { ndarray: [[1, 2]] }, meta: { puid: 'p' } }],
    ['transform-input', { jsonData: { count: 1 } }],
    ['transform-output', { data: { ndarray: [[1]] } }],
    ['aggregate', { seldonMessages: [{ strData: 'a' }, { strData: 'b' }] }],
    ['send-feedback', { request: { data: { ndarray: [[1]] } }, reward: 0.5 }],
  ])('of a model that changes what it gets, %s', (name, message) => {
    const MODEL_DIR = fileURLToPath(new URL('../models/lifecycle', import.meta.url));
    const model = { MODEL_NAME: 'ChangesMessage', MODEL_DIR };
    const text = JSON.stringify(message);

    test.each<[string, (functions: Deployment) => Promise<unknown>]>([
      ['a direct invocation', ({ invoke }) => invoke(name, JSON.parse(text))],
      ['a call by HTTP', ({ send }) => send(post(`/${name}`, text))],
    ])('gets %s as it came', async (_door, call) => {
      const receiver = await receive();
      await call(start(`http://${receiver.host}/`, model)).catch(() => undefined);
      const { [REQUEST]: request, [FEEDBACK]: feedback } = eventsOf(receiver.received);
      expect((request ?? feedback)?.data).toEqual(message);
    });

    test('the line of a direct invocation has it as it came, with LOG_PAYLOADS', async () => {
      const lines = captureLog();
      const { invoke } = deploy({ ...model, LOG_PAYLOADS: 'true' });
      await invoke(name, JSON.parse(text)).catch(() => undefined);
      expect(lines().find(({ request }) => request !== undefined)?.request).toBe(text);
    });
  });

  test('gets a feedback, and nothing of health, metadata or what is skipped', async () => {
    const receiver = await receive();
    const { send } = start(`http://${receiver.host}/`);
    await send({ method: 'GET', path: '/health/status' });
    await send({ method: 'GET', path: '/metadata' });
    await send(post('/predict', '{"strData":"x"}', { 'Seldon-Skip-Logging': 'true' }));
    expect(receiver.received).toEqual([]);
    await send(post('/send-feedback', '{"reward":0.5}'));
    expect(eventsOf(receiver.received)).toMatchObject({ [FEEDBACK]: { data: { reward: 0.5 } } });
    expect(receiver.received).toHaveLength(1);
  });

  test.each<[string, TestRequest, unknown]>([
    [
      'a form',
      {
        ...post('/predict', 'json=%7B%22strData%22%3A%22x%22%7D'),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      { strData: 'x' },
    ],
    [
      'compressed',
      post('/predict', gzipSync('{"strData":"x"}'), { 'content-encoding': 'gzip' }),
      { strData: 'x' },
    ],
    ['a query', { method: 'GET', path: '/predict?json=%7B%22strData%22%3A%22x%22%7D' }, { strData: 'x' }],
    ['JSON with NaN', post('/predict', '{"data":{"ndarray":[NaN,1]}}'), { data: { ndarray: [null, 1] } }],
  ])('gets the message, however it came: %s', async (_name, request, data) => {
    const receiver = await receive();
    await start(`http://${receiver.host}/`).send(request);
    expect(eventsOf(receiver.received)[REQUEST]).toMatchObject({ datacontenttype: 'application/json', data });
  });

  test('gets the request alone when the call fails, as it came when it cannot be read', async () => {
    const receiver = await receive();
    const { send } = start(`http://${receiver.host}/`);
    expect(await send(post('/predict', '{"data":'))).toMatchObject({ status: 400 });
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]?.headers).toMatchObject({ 'ce-type': REQUEST, 'content-type': 'text/plain' });
    expect(receiver.received[0]?.body.toString()).toBe('{"data":');
  });

  test('gets names of any characters, and leaves out what is not set', async () => {
    const receiver = await receive();
    const { send } = deploy({ MODEL_NAME: 'Identity', PAYLOAD_LOG_URL: `http://${receiver.host}/` });
    await send(post('/predict', '{"strData":"x"}', { 'seldon-puid': 'ä "50%" 🌷' }));
    const { headers } = receiver.received[0] as Received;
    expect(decodeURIComponent(String(headers['ce-requestid']))).toBe('ä "50%" 🌷');
    expect(headers['ce-requestid']).toMatch(/^[!-~]+$/);
    expect(headers['ce-namespace']).toBe('default');
    expect(headers).not.toHaveProperty('ce-modelid');
    expect(headers).not.toHaveProperty('ce-endpoint');
  });

  test('sends the credentials of the URL, and never logs them', async () => {
    const receiver = await receive(() => ({ status: 500 }));
    const lines = captureLog();
    await start(`http://user:p%40ss@${receiver.host}/`).send(post('/predict', '{"strData":"x"}'));
    const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(receiver.received[0]?.headers).toMatchObject({ authorization });
    expect(JSON.stringify(lines())).not.toMatch(/p%40ss|p@ss/);
  });
});

describe('a failure', () => {
  const counted = async (functions: Deployment) => {
    const { body } = await functions.send({ method: 'GET', path: '/metrics' });
    return Number(/^seldon_lambda_payload_log_failures_total\{.*\} (\d+)$/m.exec(body as string)?.[1] ?? 0);
  };

  test.each([
    ['refused', () => ({ status: 503 }) as const, /HTTP 503; expected 2xx/],
    ['not answered in time', () => 'never' as const, /no answer within/],
  ])('is logged and counted, not answered: %s', async (_name, answer, reason) => {
    const receiver = await receive(answer);
    const functions = start(`http://${receiver.host}/`, { PAYLOAD_LOG_TIMEOUT_MS: '200' });
    const lines = captureLog();
    const answered = await functions.send(post('/predict', '{"strData":"x"}'));
    expect(answered).toMatchObject({ status: 200 });
    const warnings = lines().filter(({ level }) => level === 'warn');
    expect(warnings.map(({ message }) => message)).toEqual(Array(2).fill('a payload could not be logged'));
    expect(JSON.stringify(warnings[0])).toMatch(reason);
    expect(await counted(functions)).toBe(2);
  });

  test('delays the answer by no more than PAYLOAD_LOG_TIMEOUT_MS, nor beyond the time of the function', async () => {
    const receiver = await receive(() => 'never');
    const functions = start(`http://${receiver.host}/`, { PAYLOAD_LOG_TIMEOUT_MS: '60000' });
    captureLog();
    const context = lambdaContext({ getRemainingTimeInMillis: () => 400 });
    const event = apiGatewayV2(post('/predict', '{"strData":"x"}'));
    const answer = await endsBefore(4000, () => functions.invoke('predict', event, context));
    expect(readResult(answer)).toMatchObject({ status: 200 });
  });

  test.each(['ftp://host/x', 'sqs://', 'nonsense'])(
    'of PAYLOAD_LOG_URL=%s names what is expected',
    async (url) => {
      const lines = captureLog();
      const functions = start(url);
      expect(await functions.send(post('/predict', '{"strData":"x"}'))).toMatchObject({ status: 200 });
      expect(JSON.stringify(lines())).toContain('expected http://host/path, https://host/path, sqs://queue');
    },
  );
});

describe('AWS', () => {
  const CREDENTIALS = {
    AWS_REGION: AWS_SETTINGS.region as string,
    AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
  };

  async function startAws(
    url: string,
    overrides: Record<string, string> = {},
  ): Promise<{ standIn: AwsStandIn; functions: Deployment }> {
    const standIn = await openAwsStandIn();
    closes.push(() => standIn.close());
    return {
      standIn,
      functions: start(url, { ...CREDENTIALS, AWS_ENDPOINT_URL: standIn.url, ...overrides }),
    };
  }

  /** An event of JSON, as CloudEvents' own library reads it. */
  function parse(json: string) {
    const headers = { 'content-type': 'application/cloudevents+json' };
    const event = HTTP.toEvent<unknown>({ headers, body: json }) as CloudEvent<unknown>;
    event.validate();
    return event;
  }

  test.each([
    ['sqs://payloads', { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/payloads' }],
    ['sqs://payloads.fifo', { MessageGroupId: 'mine', MessageDeduplicationId: expect.any(String) }],
  ])('%s gets a message for each event', async (url, input) => {
    const { standIn, functions } = await startAws(url);
    for (const text of ['a', 'b']) {
      await functions.send(post('/predict', `{"strData":"${text}"}`));
    }
    const messages = standIn.deliveries.filter(({ target }) => target === 'AmazonSQS.SendMessage');
    expect(messages.map((message) => message.input)).toEqual(Array(4).fill(expect.objectContaining(input)));
    const types = messages.map((message) => parse(message.input.MessageBody as string).type);
    expect(types.sort()).toEqual([REQUEST, REQUEST, RESPONSE, RESPONSE]);
    expect(parse(messages[0]?.input.MessageBody as string)).toMatchObject({
      ...EXTENSIONS,
      requestid: 'mine',
    });
  });

  test('eventbridge://bus gets an entry for each event; one that it does not take is a failure', async () => {
    const { standIn, functions } = await startAws('eventbridge://models');
    await functions.send(post('/predict', '{"strData":"x"}'));
    const entries = standIn.deliveries.flatMap(({ input }) => input.Entries as Record<string, string>[]);
    expect(entries.map(({ DetailType }) => DetailType).sort()).toEqual([REQUEST, RESPONSE]);
    for (const { EventBusName, Source, Detail = '' } of entries) {
      expect({ EventBusName, Source }).toEqual({
        EventBusName: 'models',
        Source: '/seldon/models/iris/main/classifier',
      });
      expect(parse(Detail)).toMatchObject({ data: { strData: 'x' } });
    }
    standIn.entryError = { ErrorCode: 'ThrottlingException', ErrorMessage: 'too many' };
    const lines = captureLog();
    expect(await functions.send(post('/predict', '{"strData":"x"}'))).toMatchObject({ status: 200 });
    expect(JSON.stringify(lines())).toContain(
      'EventBridge PutEvents to models: ThrottlingException: too many',
    );
  });

  test('firehose://stream gets a line of JSON for each event; bytes are base64', async () => {
    const { standIn, functions } = await startAws('firehose://archive');
    await functions.send(post('/predict', '{"strData":"x"}'));
    await functions.send(post('/predict', Buffer.from([0xff, 0xfe, 0]), { 'content-type': 'image/png' }));
    const lines = standIn.deliveries.map(({ input }) => {
      expect(input.DeliveryStreamName).toBe('archive');
      return Buffer.from((input.Record as { Data: string }).Data, 'base64').toString();
    });
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).toMatch(/^[^\n]+\n$/);
    }
    expect(JSON.parse(lines[2] as string)).toMatchObject({
      datacontenttype: 'application/octet-stream',
      data_base64: Buffer.from([0xff, 0xfe, 0]).toString('base64'),
    });
  });

  test('an answer without a body is an event without data', async () => {
    const { standIn, functions } = await startAws('firehose://archive', { MODEL_NAME: 'RawZoo' });
    const answer = await functions.send(post('/predict', '{"strData":"status_204"}'));
    expect(answer).toMatchObject({ status: 204 });
    const events = standIn.deliveries.map(({ input }) =>
      parse(Buffer.from((input.Record as { Data: string }).Data, 'base64').toString()),
    );
    expect(events.find(({ type }) => type === RESPONSE)?.data).toBeUndefined();
  });

  test('refused by AWS, is logged without a secret', async () => {
    const { standIn, functions } = await startAws('sqs://payloads');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another');
    const lines = captureLog();
    expect(await functions.send(post('/predict', '{"strData":"x"}'))).toMatchObject({ status: 200 });
    expect(JSON.stringify(lines())).toContain('InvalidSignatureException: wrong signature');
    expect(standIn.deliveries).toEqual([]);
  });
});
