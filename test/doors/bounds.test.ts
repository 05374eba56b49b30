import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { alb, apiGatewayV2 } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';

const LIFECYCLE = new URL('../models/lifecycle/', import.meta.url).pathname;

let lines: ReturnType<typeof captureLog>;

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** A model that returns what it is told to. */
function deployReturns(returned: unknown, environment: Record<string, string> = {}): Deployment {
  vi.stubGlobal('returns', new Map([['value', () => returned]]));
  const functions = deploy({ MODEL_DIR: LIFECYCLE, MODEL_NAME: 'Returns', ...environment });
  lines = captureLog();
  return functions;
}

function post(path: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  return { method: 'POST', path, body, headers: { 'content-type': 'application/json', ...headers } };
}

describe('a compressed body', () => {
  const lists = `{"jsonData":[${'[],'.repeat(2_500_000)}[]]}`;

  test.each([
    ['gzip', gzipSync(lists)],
    ['deflate', deflateSync(lists)],
    ['br', brotliCompressSync(lists)],
  ])('of 7.5 MB in a few kilobytes of %s is refused before it is read', async (encoding, body) => {
    const { send } = deploy({ MODEL_NAME: 'Identity' });
    const { status, body: answer } = await send(post('/predict', body, { 'content-encoding': encoding }));
    expect(status).toBe(413);
    expect(JSON.parse(answer as string).status.info).toBe(
      'the body is over 6291456 bytes when decompressed; MAX_DECOMPRESSED_BYTES sets the limit',
    );
  });

  test('may be as large as MAX_DECOMPRESSED_BYTES', async () => {
    const message = '{"strData":"1234567890"}';
    const request = post('/predict', gzipSync(message), { 'content-encoding': 'gzip' });
    const withLimit = (bytes: number) =>
      deploy({ MODEL_NAME: 'Identity', MAX_DECOMPRESSED_BYTES: `${bytes}` }).send(request);
    expect(await withLimit(message.length)).toMatchObject({ status: 200 });
    expect(await withLimit(message.length - 1)).toMatchObject({ status: 413 });
  });
});

describe('the log', () => {
  test.each([
    ['/predict', '{"data":{"ndarray":[["123-45-6789"]],"ssn":"123-45-6789"},"binData":7}'],
    ['/predict', '{"ssn":"123-45-6789"}'],
    ['/predict', '{"data":{"names":[{"ssn":"123-45-6789"}],"ndarray":[[1]]}}'],
    ['/send-feedback', '{"ssn":"123-45-6789"}'],
    ['/send-feedback', '{"request":{"data":{"names":["123-45-6789"]},"x":"123-45-6789"}}'],
    ['/send-feedback', '{"reward":"123-45-6789"}'],
    ['/aggregate', '{"seldonMessages":["123-45-6789"]}'],
    ['/predict', '{"data":{"tftensor":{"dtype":"123-45-6789"}}}'],
    ['/predict', '{"data":{"tensor":{"shape":["123-45-6789"],"values":[]}}}'],
    ['/predict', '"123-45-6789'],
  ])('of %s has nothing of the payload %s that is refused', async (path, body) => {
    const { send } = deployReturns('x');
    const { status } = await send(post(path, body));
    expect(status).toBe(400);
    expect(lines()).toHaveLength(1);
    expect(JSON.stringify(lines())).not.toContain('6789');
    expect(lines()[0]).toMatchObject({ status: 400, info: expect.any(String) });
  });

  test('has the payload with LOG_PAYLOADS', async () => {
    const { send } = deployReturns('x', { LOG_PAYLOADS: 'true' });
    await send(post('/predict', '{"ssn":"123-45-6789"}'));
    expect(JSON.stringify(lines())).toContain('6789');
  });

  test('of a long field name, path or error stays short', async () => {
    const long = 'x'.repeat(2_000_000);
    const { send } = deployReturns('x');
    await send(post('/send-feedback', `{"${long}":1}`));
    await send(post(`/${long}`, '{}'));
    vi.stubGlobal('returns', {
      get: () => () => {
        throw new Error(long);
      },
    });
    await send(post('/predict', '{"strData":"x"}'));
    expect(lines()).toHaveLength(3);
    for (const line of lines()) {
      expect(JSON.stringify(line).length).toBeLessThan(100_000);
    }
  });
});

test.each([
  ['API Gateway', apiGatewayV2, 7_000_000],
  ['a load balancer', alb, 1_100_000],
])(
  'an answer that does not fit through %s is counted and logged once, as 413',
  async (_name, source, size) => {
    const { send } = deployReturns('x'.repeat(size), { METRICS_EMF: 'true' });
    const { status } = await send(post('/predict', '{"strData":"value"}'), source);
    expect(status).toBe(413);
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatchObject({ status: 413, message: 'the call failed', requests: 1, errors: 1 });
    const { body } = await send({ method: 'GET', path: '/prometheus' });
    expect(body).toMatch(/seldon_lambda_requests_seconds_count\{[^}]*code="413"[^}]*\} 1\n/);
    expect(body).not.toContain('code="200"');
  },
);

test('an answer that does not fit counts the metrics of the method, which has done its work', async () => {
  const { send } = deploy({ MODEL_DIR: LIFECYCLE, MODEL_NAME: 'Returns' });
  const { SeldonResponse, counter } = await import('../../src/index.ts');
  vi.stubGlobal(
    'returns',
    new Map([['value', () => new SeldonResponse('x'.repeat(7_000_000), { metrics: [counter('done', 1)] })]]),
  );
  expect((await send(post('/predict', '{"strData":"value"}'))).status).toBe(413);
  expect((await send({ method: 'GET', path: '/prometheus' })).body).toMatch(/^done_total\{.*\} 1$/m);
});

test('a list with two messages that cannot be decoded is 400, and the process lives on', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const wrong = '{"data":{"tftensor":{"dtype":"DT_INT32","tensorShape":{},"int64Val":[1]}}}';
  const { send } = deploy({ MODEL_NAME: 'AggMean' });
  const { status } = await send(post('/aggregate', `{"seldonMessages":[${wrong},{}]}`));
  expect(status).toBe(400);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('the log has an answer as text, though it is sent compressed', async () => {
  const { send } = deployReturns('x'.repeat(3000), { COMPRESS_MIN_BYTES: '1000', LOG_PAYLOADS: 'true' });
  const request = post('/predict', '{"strData":"value"}', { 'accept-encoding': 'gzip' });
  expect((await send(request)).headers['content-encoding']).toBe('gzip');
  expect(lines()[0]).toMatchObject({ response: expect.stringMatching(/^\{"strData":"xxx/) });
});
