import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  alb,
  albMultiValue,
  apiGatewayV1,
  apiGatewayV2,
  type EventSource,
  eventSources,
  functionUrl,
  readResult,
} from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';

/** Limits of Lambda and of a load balancer, in bytes of the result as JSON. */
const LAMBDA_LIMIT = 6_291_556;
const ALB_LIMIT = 1_048_576;

const limits: [name: string, source: EventSource, limit: number][] = [
  ['API Gateway 1.0', apiGatewayV1, LAMBDA_LIMIT],
  ['API Gateway 2.0', apiGatewayV2, LAMBDA_LIMIT],
  ['a function URL', functionUrl, LAMBDA_LIMIT],
  ['a load balancer', alb, ALB_LIMIT],
  ['a load balancer with multi-value headers', albMultiValue, ALB_LIMIT],
];

/** More than this is never needed around a body: a limit that is kept by refusing much more helps nobody. */
const SLACK = 4096;

let returned: unknown;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** A model that answers whatever {@link invoke} is told that it returns. */
function deployReturns(environment: Record<string, string> = {}): Deployment {
  vi.stubGlobal('returns', new Map([['value', () => returned]]));
  return deploy({
    MODEL_DIR: new URL('../models/lifecycle/', import.meta.url).pathname,
    MODEL_NAME: 'Returns',
    ...environment,
  });
}

/** A model that passes through whatever {@link invoke} is told that it returns. */
function deployPassing(environment: Record<string, string> = {}): Deployment {
  vi.stubGlobal('returns', { get: () => returned });
  return deploy({
    MODEL_DIR: new URL('../models/lifecycle/', import.meta.url).pathname,
    MODEL_NAME: 'ReturnsRaw',
    PAYLOAD_PASSTHROUGH: 'true',
    ...environment,
  });
}

async function invoke(
  { invoke }: Deployment,
  value: unknown,
  source: EventSource = apiGatewayV2,
  headers: Record<string, string> = {},
) {
  returned = value;
  const result = await invoke(
    'predict',
    source({
      method: 'POST',
      path: '/predict',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"strData":"value"}',
    }),
  );
  return { ...readResult(result), size: Buffer.byteLength(JSON.stringify(result)) };
}

const gzip = { 'Accept-Encoding': 'gzip, deflate, br' };

describe.each(limits)('an answer to %s', (_name, source, limit) => {
  const refusal = {
    status: 1,
    code: -1,
    reason: 'MICROSERVICE_PAYLOAD_TOO_LARGE',
    info: expect.stringMatching(/^the answer takes \d+ bytes; at most \d+ can be returned here$/),
  };

  test('that is too large is 413, naming the limit', async () => {
    const { status, headers, body } = await invoke(deployReturns(), 'x'.repeat(limit), source);
    expect(status).toBe(413);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'access-control-allow-origin': '*' });
    const answer = JSON.parse(body as string);
    expect(answer).toEqual({ status: refusal });
    const [takes, atMost] = answer.status.info.match(/\d+/g).map(Number);
    expect(takes).toBeGreaterThanOrEqual(limit);
    expect(atMost).toBeLessThanOrEqual(limit);
    expect(atMost).toBeGreaterThan(limit - SLACK);
  });

  test('that is too large, but not as gzip, goes as gzip where the caller takes it', async () => {
    const text = 'a row, a row; '.repeat(limit / 10);
    const { status, headers, body, size } = await invoke(deployReturns(), text, source, gzip);
    expect({ status, encoding: headers['content-encoding'] }).toEqual({ status: 200, encoding: 'gzip' });
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(gunzipSync(body as Uint8Array).toString())).toEqual({ strData: text, meta: {} });
    expect(size).toBeLessThan(limit);
    expect((await invoke(deployReturns(), text, source)).status).toBe(413);
  });

  test('that is too large even as gzip is 413 all the same', async () => {
    const noise = randomBytes(limit * 1.1).toString('base64');
    const { status, headers, body } = await invoke(deployReturns(), noise, source, gzip);
    expect(status).toBe(413);
    expect(headers).not.toHaveProperty('content-encoding');
    expect(JSON.parse(body as string)).toEqual({ status: refusal });
  });

  test('that fits is sent as it is, though the caller takes gzip', async () => {
    const { status, headers, body } = await invoke(deployReturns(), 'x'.repeat(limit - SLACK), source, gzip);
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('content-encoding');
    expect(body).toHaveLength(limit - SLACK + '{"strData":"","meta":{}}'.length);
  });
});

describe('what is let through', () => {
  // All that one character may become inside a result: one byte to twelve.
  const unit = fc.constantFrom(
    'x',
    '"',
    '\\',
    '\n',
    '\t',
    '\u0000',
    '\u001f',
    '\u007f',
    'é',
    '\u2028',
    '😀',
    '\ud800',
  );
  const texts = fc.record({
    part: fc.string({ unit, minLength: 1, maxLength: 6 }),
    /** Bytes above or below what just fits. */
    off: fc.integer({ min: -6000, max: 6000 }),
  });

  test.each([
    ['answered', deployReturns, (text: string) => JSON.stringify(text).slice(1, -1)],
    ['passed through', deployPassing, (text: string) => text],
  ] as const)(
    'never takes more than the limit, and is not refused for less: text %s',
    async (_how, start, bodyOf) => {
      const functions = start();
      await fc.assert(
        fc.asyncProperty(
          texts,
          fc.constantFrom(...limits.slice(1, 4)),
          async ({ part, off }, [, source, limit]) => {
            // Bytes of one `part` in the result.
            const each = Buffer.byteLength(JSON.stringify(bodyOf(part))) - 2;
            const count = Math.floor((limit + off) / each);
            const { status, size } = await invoke(functions, part.repeat(count), source);
            if (status === 200) {
              expect(size).toBeLessThanOrEqual(limit);
            } else {
              expect({ status, tooMuch: count * each > limit - SLACK }).toEqual({
                status: 413,
                tooMuch: true,
              });
            }
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  test.each(limits)(
    'is the most that fits, to the byte: the next one is refused (%s)',
    async (_name, source, limit) => {
      const functions = deployPassing();
      let fits = limit - SLACK;
      let refused = limit;
      while (refused - fits > 1) {
        const length = Math.floor((fits + refused) / 2);
        const { status } = await invoke(functions, 'x'.repeat(length), source);
        if (status === 200) {
          fits = length;
        } else {
          refused = length;
        }
      }
      const largest = await invoke(functions, 'x'.repeat(fits), source);
      expect(largest.status).toBe(200);
      expect(largest.size).toBeLessThanOrEqual(limit);
      expect((await invoke(functions, 'x'.repeat(refused), source)).status).toBe(413);
    },
  );

  test.each(limits)(
    'never takes more than the limit: bytes passed through (%s)',
    async (_name, source, limit) => {
      const functions = deployPassing();
      for (const below of [-1, 0, 1, 1000, 2000, SLACK, 3 * SLACK]) {
        const bytes = Buffer.alloc(Math.floor(((limit - below) * 3) / 4), 255);
        const { status, size } = await invoke(functions, bytes, source);
        if (status === 200) {
          expect(size).toBeLessThanOrEqual(limit);
        } else {
          expect({ status, below: below < SLACK }).toEqual({ status: 413, below: true });
        }
      }
    },
  );

  test.each(limits)(
    'never takes more than the limit, however long its headers are (%s)',
    async (_name, source, limit) => {
      const functions = deployReturns({ CORS_ALLOWED_ORIGINS: `https://${'o'.repeat(1500)}.example` });
      for (const length of [10, 8000]) {
        const headers = {
          'Seldon-Puid': 'p'.repeat(length),
          Origin: `https://${'o'.repeat(1500)}.example`,
        };
        for (const below of [0, 2000, 4000, 6000, 12_000]) {
          const { size } = await invoke(functions, 'x'.repeat(limit - below), source, headers);
          expect(size).toBeLessThanOrEqual(limit);
        }
      }
    },
  );

  test.each(limits)(
    'never takes more than the limit, when it is an error (%s)',
    async (_name, source, limit) => {
      const functions = deployReturns();
      const errors = [
        () => {
          throw new Error('x'.repeat(limit));
        },
        () => {
          throw new Error('"'.repeat(limit / 3));
        },
      ];
      captureLog();
      for (const fail of errors) {
        vi.stubGlobal('returns', new Map([['value', fail]]));
        const { status, size, body } = await invoke(functions, undefined, source);
        expect(size).toBeLessThanOrEqual(limit);
        expect(status).toBe(500);
        expect(JSON.parse(body as string).status).toMatchObject({
          code: -1,
          reason: 'MICROSERVICE_INTERNAL_ERROR',
        });
      }
      vi.restoreAllMocks();
    },
  );

  test.each([
    ['a value of a tensor', (text: string) => ({ data: { tensor: { shape: [1], values: [text] } } })],
    ['a value of a tftensor', (text: string) => tftensor({ doubleVal: [text] })],
    ['a dtype', (text: string) => tftensor({ dtype: text })],
    ['a name', (text: string) => ({ data: { names: [{ [text]: 1 }], ndarray: [] } })],
    ['an unknown message', (text: string) => ({ [text]: text })],
    [
      'a value that no method can return',
      (text: string) => ({ strData: [text].length, meta: { puid: text } }),
    ],
  ])('never takes more than the limit, when it refuses %s that is very long', async (_what, message) => {
    const { invoke } = deploy({ MODEL_NAME: 'Identity' });
    const body = JSON.stringify(message('"\\'.repeat(700_000)));
    expect(body.length).toBeLessThan(LAMBDA_LIMIT);
    for (const [, source, limit] of limits) {
      const result = await invoke('predict', source({ method: 'POST', path: '/predict', body }));
      expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(limit);
      expect(readResult(result).status).toBe(400);
    }
  });

  function tftensor(fields: object) {
    return { data: { tftensor: { dtype: 'DT_DOUBLE', tensorShape: { dim: [{ size: '1' }] }, ...fields } } };
  }
});

describe('COMPRESS_MIN_BYTES', () => {
  const text = (length: number) => 'x'.repeat(length - '{"strData":"","meta":{}}'.length);

  test.each([
    [999, undefined],
    [1000, 'gzip'],
    [50_000, 'gzip'],
  ])('1000: an answer of %i bytes has the encoding %s', async (length, encoding) => {
    const functions = deployReturns({ COMPRESS_MIN_BYTES: '1000' });
    for (const [name, source] of Object.entries(eventSources)) {
      const { headers, body } = await invoke(functions, text(length), source, gzip);
      expect(headers['content-encoding'], name).toBe(encoding);
      const plain = encoding === undefined ? (body as string) : gunzipSync(body as Uint8Array).toString();
      expect(plain).toHaveLength(length);
    }
  });

  test('counts bytes, not characters', async () => {
    const functions = deployReturns({ COMPRESS_MIN_BYTES: '1000' });
    const { headers } = await invoke(functions, 'é'.repeat(600), apiGatewayV2, gzip);
    expect(headers['content-encoding']).toBe('gzip');
  });

  test('compresses nothing by default', async () => {
    const { headers } = await invoke(deployReturns(), text(100_000), apiGatewayV2, gzip);
    expect(headers).not.toHaveProperty('content-encoding');
  });

  test('0 compresses everything that has a body', async () => {
    const { send } = deploy({ MODEL_NAME: 'Identity', COMPRESS_MIN_BYTES: '0' });
    const headers = { 'accept-encoding': 'gzip' };
    const pong = await send({ method: 'GET', path: '/health/ping', headers });
    expect(gunzipSync(pong.body as Uint8Array).toString()).toBe('pong');
    for (const method of ['HEAD', 'OPTIONS']) {
      const empty = await send({ method, path: '/health/ping', headers });
      expect(empty.body).toBe('');
      expect(empty.headers).not.toHaveProperty('content-encoding');
    }
  });

  test.each([
    ['gzip', true],
    ['GZIP', true],
    ['gzip;q=0.5', true],
    ['br, gzip;q=0.001', true],
    ['deflate , gzip', true],
    ['*', true],
    ['*;q=0, gzip', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000', false],
    ['*;q=0', false],
    ['*, gzip;q=0', false],
    ['br', false],
    ['x-gzipped', false],
    ['identity', false],
    ['', false],
    [undefined, false],
  ])('of a caller that accepts %s: gzip is %s', async (accepted, isCompressed) => {
    const functions = deployReturns({ COMPRESS_MIN_BYTES: '10' });
    const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
    const answer = await invoke(functions, text(500), apiGatewayV2, headers as Record<string, string>);
    expect(answer.headers['content-encoding'] === 'gzip').toBe(isCompressed);
    if (isCompressed) {
      expect(answer.headers.vary).toBe('Accept-Encoding');
    }
  });

  test('keeps both reasons why an answer varies', async () => {
    const functions = deployReturns({
      COMPRESS_MIN_BYTES: '10',
      CORS_ALLOWED_ORIGINS: 'https://a.example',
    });
    for (const origin of ['https://a.example', 'https://b.example']) {
      const { headers } = await invoke(functions, text(500), apiGatewayV2, { ...gzip, Origin: origin });
      expect(headers['content-encoding']).toBe('gzip');
      expect(headers.vary.split(', ').sort()).toEqual(['Accept-Encoding', 'Origin']);
    }
  });
});

describe('what a model passes through', () => {
  test.each(limits)('goes as base64 where it is bytes (%s)', async (_name, source) => {
    const functions = deployPassing();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const { status, body } = await invoke(functions, bytes, source);
    expect(status).toBe(200);
    expect(body).toEqual(bytes);
    const view = (await invoke(functions, bytes.subarray(3, 6), source)).body;
    expect(view).toEqual(Uint8Array.of(3, 4, 5));
  });

  test.each(limits)('goes as text where it is text, byte for byte (%s)', async (_name, source) => {
    const functions = deployPassing();
    for (const text of ['', 'not JSON', '{"a":\n1}', 'é 😀 \u0000 "\\']) {
      expect(await invoke(functions, text, source)).toMatchObject({ status: 200, body: text });
    }
  });

  test('gets the request’s bytes, whatever they are', async () => {
    const { send } = deploy({ MODEL_NAME: 'RawBytes', PAYLOAD_PASSTHROUGH: 'true' });
    const bytes = Uint8Array.of(0, 255, 128, 10);
    for (const [name, source] of Object.entries(eventSources)) {
      const headers = { 'content-type': 'application/octet-stream' };
      const { body } = await send({ method: 'POST', path: '/predict', headers, body: bytes }, source);
      expect(Buffer.from(body as Uint8Array), name).toEqual(Buffer.concat([Buffer.from('bytes:'), bytes]));
    }
  });
});
