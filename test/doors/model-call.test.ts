import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModelCall } from 'seldon-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { apiGatewayV2, eventSources, lambdaContext, readResult } from '../support/events.ts';
import type { Deployment } from '../support/functions.ts';
import { ask, deployTold, REQUESTS, type Tell } from '../support/told.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const HEADERS = { 'Content-Type': 'application/json', 'Seldon-Puid': 'p-1', 'X-Tenant': 'blue' };
const PREDICT = { ...REQUESTS.predict, headers: HEADERS } as typeof REQUESTS.predict & {
  method: string;
  path: string;
};

/** Answers that every method may give. */
const RETURNED: Readonly<Record<string, unknown>> = { route: 0, metrics: [], tags: {}, classNames: ['one'] };
const answer: Tell = (method) => RETURNED[method] ?? [[1]];

/** The position of `call` among the arguments of each method. */
const POSITIONS: Readonly<Record<string, number>> = {
  predict: 3,
  transformInput: 3,
  transformOutput: 3,
  route: 3,
  aggregate: 2,
  sendFeedback: 5,
  healthStatus: 0,
};

/** Calls predict of a model, with time left. */
async function predict(tell: Tell, leftMs = 30_000, awsRequestId = 'aws-1') {
  const context = lambdaContext({ awsRequestId, getRemainingTimeInMillis: () => leftMs });
  const functions = deployTold(tell);
  const { status, body } = readResult(await functions.invoke('predict', apiGatewayV2(PREDICT), context));
  return { status, message: JSON.parse(body as string) };
}

describe('the last argument of a method', () => {
  test.each(Object.entries(POSITIONS))('%s is the call', async (method, position) => {
    for (const [name, at] of [
      ['Told', position] as const,
      ['ToldRaw', method === 'healthStatus' ? 0 : 1] as const,
    ]) {
      const seen: [number, ModelCall][] = [];
      const tell: Tell = (called, args) => {
        seen.push([args.length - 1, args.at(-1) as ModelCall]);
        return answer(called, args);
      };
      const request = { ...(REQUESTS[method] as typeof PREDICT), headers: HEADERS };
      expect((await ask(deployTold(tell, name), request)).status).toBe(200);
      expect(seen).toHaveLength(1);
      const [[length, call]] = seen as [[number, ModelCall]];
      expect(length).toBe(at);
      expect(call.puid).toBe('p-1');
      expect(call.headers['x-tenant']).toBe('blue');
    }
  });

  test('goes to what describes the answer, and to the error handler, as well', async () => {
    const seen: string[] = [];
    const tell: Tell = (method, args) => {
      seen.push(`${method} ${(args.at(-1) as ModelCall).puid}`);
      if (method === 'modelErrorHandler') {
        return { status: 429, body: {}, headers: { 'Retry-After': '9' } };
      }
      if (method === 'metrics' && seen.length > 4) {
        throw new Error('no metrics');
      }
      return answer(method, args);
    };
    const functions = deployTold(tell, 'ToldAll');
    expect((await ask(functions, PREDICT)).status).toBe(200);
    expect(seen.sort()).toEqual(['classNames p-1', 'metrics p-1', 'predict p-1', 'tags p-1']);
    const { status, headers } = await ask(functions, PREDICT);
    expect([status, headers['retry-after']]).toEqual([429, '9']);
    expect(seen).toContain('modelErrorHandler p-1');
  });

  test.each(Object.entries(eventSources))('has headers in lower case behind %s', async (_name, source) => {
    let headers: ModelCall['headers'] = {};
    const tell: Tell = (method, args) => {
      headers = (args[3] as ModelCall).headers;
      return answer(method, args);
    };
    await deployTold(tell).send(PREDICT, source);
    expect(headers).toMatchObject({ 'x-tenant': 'blue', 'seldon-puid': 'p-1' });
    expect(() => Object.assign(headers, { 'x-tenant': 'red' })).toThrow(TypeError);
  });

  test('has no headers in a direct invocation, and the ids of AWS', async () => {
    let call: Partial<ModelCall> = {};
    const tell: Tell = (method, args) => {
      const { headers, puid, requestId, remainingMs } = args[3] as ModelCall;
      call = { headers, puid, requestId, remainingMs } as Partial<ModelCall>;
      return answer(method, args);
    };
    const context = lambdaContext({ awsRequestId: 'aws-2', getRemainingTimeInMillis: () => 1234 });
    await deployTold(tell).invoke('predict', { strData: 'x' }, context);
    expect(call).toEqual({ headers: {}, puid: 'aws-2', requestId: 'aws-2', remainingMs: 1234 });
  });
});

describe('its signal', () => {
  const untilAborted: Tell = (_method, args) => {
    const { signal } = args[3] as ModelCall;
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };

  test('is aborted before the timeout, and answers 504 when the model lets it through', async () => {
    // Time enough to load the model, on a busy machine, too.
    const { status, message } = await predict(untilAborted, 1000);
    expect(status).toBe(504);
    expect(message.status).toMatchObject({
      reason: 'MICROSERVICE_TIMEOUT',
      info: 'the model did not answer in time',
    });
  });

  test.each([0, -5])('is aborted at once with %i ms left', async (leftMs) => {
    expect((await predict(untilAborted, leftMs)).status).toBe(504);
  });

  test('comes a second before a late timeout, is one per call, and leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const signals = new Set<AbortSignal>();
    const { status } = await predict((method, args) => {
      const call = args[3] as ModelCall;
      signals.add(call.signal).add(call.signal);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(28_900);
      expect(call.signal.aborted).toBe(false);
      return answer(method, args);
    });
    expect([status, signals.size, vi.getTimerCount()]).toEqual([200, 1, 0]);
    vi.advanceTimersByTime(60_000);
    expect([...signals].map(({ aborted }) => aborted)).toEqual([false]);
  });

  test('leaves no timer after a failure, and makes none that nobody asked for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const counts: number[] = [];
    await predict((method, args) => {
      counts.push(vi.getTimerCount());
      return answer(method, args);
    });
    const { status } = await predict((_method, args) => {
      (args[3] as ModelCall).signal.throwIfAborted();
      counts.push(vi.getTimerCount());
      throw new Error('failed');
    });
    expect([status, ...counts, vi.getTimerCount()]).toEqual([500, 0, 1, 0]);
  });
});

describe('a SeldonResponse with headers and a status', () => {
  /** Deploys a model that answers with these options. */
  async function deployWith(options: object, name = 'Told', environment = {}): Promise<Deployment> {
    const functions = deployTold(() => undefined, name, environment);
    const { SeldonResponse } = await import('seldon-lambda');
    vi.stubGlobal('told', (method: string) =>
      method in RETURNED && method !== 'route'
        ? RETURNED[method]
        : new SeldonResponse(method === 'route' ? 1 : { strData: method }, options),
    );
    return functions;
  }

  test.each(Object.keys(REQUESTS))('%s: is answered with them', async (method) => {
    for (const name of ['Told', 'ToldRaw']) {
      const functions = await deployWith({ headers: { 'X-Version': '2' }, status: 202 }, name);
      const { status, headers } = await ask(functions, REQUESTS[method] as typeof PREDICT);
      expect([status, headers['x-version'], headers['content-type']]).toEqual([202, '2', 'application/json']);
    }
  });

  test('may be read by pages of other origins, and keeps what varies', async () => {
    const options = { headers: { 'X-Version': '2', Vary: 'X-Tenant' } };
    const all = await ask(await deployWith(options), PREDICT);
    expect(all.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers':
        'x-version, vary, Inference-Header-Content-Length, Retry-After, Seldon-Failed-Node, Seldon-Predictor, Seldon-Puid',
      vary: 'X-Tenant',
    });
    const environment = { CORS_ALLOWED_ORIGINS: 'https://a.example' };
    const foreign = await ask(await deployWith(options, 'Told', environment), PREDICT);
    expect(foreign.headers.vary).toBe('X-Tenant, Origin');
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('has them for HEAD, and no body with 204', async () => {
    const query = `/predict?json=${encodeURIComponent('{"strData":"x"}')}`;
    const head = await (await deployWith({ headers: { etag: '"1"' } })).send({ method: 'HEAD', path: query });
    expect([head.status, head.headers.etag, head.body]).toEqual([200, '"1"', '']);
    const empty = await (await deployWith({ status: 204 })).send(PREDICT);
    expect([empty.status, empty.body]).toEqual([204, '']);
  });

  test('fails a direct invocation from 400 on, and is left out below', async () => {
    expect(await (await deployWith({ status: 201 })).invoke('predict', { strData: 'x' })).toMatchObject({
      jsonData: { strData: 'predict' },
    });
    const failing = (await deployWith({ status: 422 })).invoke('predict', { strData: 'x' });
    await expect(failing).rejects.toMatchObject({ name: 'HTTP_422' });
  });

  test('takes them from a Map, as numbers, and in any case; null is none', async () => {
    const functions = await deployWith({
      headers: new Map<string, unknown>([['Retry-After', 3]]),
      status: null,
    });
    expect(await ask(functions, PREDICT)).toMatchObject({ status: 200, headers: { 'retry-after': '3' } });
    const none = await ask(await deployWith({ headers: null }), PREDICT);
    expect(none.status).toBe(200);
  });

  test('sets the content type of what it passes through', async () => {
    const functions = deployTold(() => undefined, 'ToldRaw', { PAYLOAD_PASSTHROUGH: 'true' });
    const { SeldonResponse } = await import('seldon-lambda');
    vi.stubGlobal('told', () => new SeldonResponse('a,b', { headers: { 'content-type': 'text/csv' } }));
    const { headers, body } = await functions.send(PREDICT);
    expect([headers['content-type'], body]).toEqual(['text/csv', 'a,b']);
  });

  test.each<[string, object, RegExp]>([
    [
      'a line break',
      { headers: { 'x-a': 'a\r\nb: c' } },
      /^header x-a is "a\\r\\nb: c"; expected printable ASCII text$/,
    ],
    ['a letter that is not ASCII', { headers: { 'x-a': 'é' } }, /^header x-a is "é"; expected/],
    ['an object', { headers: { 'x-a': {} } }, /^header x-a is {}; expected/],
    ['a name with a space', { headers: { 'x a': 'b' } }, /^header "x a": expected a name/],
    ['an empty name', { headers: { '': 'b' } }, /^header "": expected a name/],
    ['a text for headers', { headers: 'x-a: b' }, /^the headers are "x-a: b"; expected an object/],
    ['a content type', { headers: { 'Content-Type': 'text/csv' } }, /^header content-type cannot be set/],
    ['a length', { headers: { 'content-length': '1' } }, /^header content-length cannot be set/],
    ['the puid', { headers: { 'Seldon-Puid': 'x' } }, /^header seldon-puid cannot be set/],
    [
      'CORS',
      { headers: { 'Access-Control-Allow-Origin': '*' } },
      /^header access-control-allow-origin cannot/,
    ],
    [
      'status 99',
      { status: 99 },
      /^the status of the SeldonResponse is 99; expected an integer from 200 to 599$/,
    ],
    ['status 600', { status: 600 }, /is 600/],
    ['status 200.5', { status: 200.5 }, /is 200.5/],
    ['a text for a status', { status: '200' }, /is "200"/],
  ])('refuses %s', async (_what, options, info) => {
    for (const name of ['Told', 'ToldRaw']) {
      const { status, message } = await ask(await deployWith(options, name), PREDICT);
      expect(status).toBe(500);
      expect(message.status.info).toMatch(info);
    }
  });

  test('is remembered whole under an Idempotency-Key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seldon-own-'));
    try {
      const environment = { STATE_URL: pathToFileURL(folder).href, METRICS_URL: '' };
      const functions = await deployWith(
        { headers: { 'X-Version': '2' }, status: 201 },
        'ToldStateful',
        environment,
      );
      const request = {
        ...(REQUESTS.sendFeedback as typeof PREDICT),
        headers: { ...HEADERS, 'Idempotency-Key': 'k' },
      };
      const first = await ask(functions, request);
      expect([first.status, first.headers['x-version']]).toEqual([201, '2']);
      vi.stubGlobal('told', () => 'another answer');
      const again = await ask(functions, request);
      expect(again).toEqual(first);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the headers of an error', () => {
  async function failWith(headers: unknown) {
    const functions = deployTold(() => undefined);
    const { SeldonError } = await import('seldon-lambda');
    vi.stubGlobal('told', () => {
      throw new SeldonError('BUSY', 'later', { status: 503, headers: headers as Record<string, string> });
    });
    return ask(functions, PREDICT);
  }

  test('are answered with names in lower case', async () => {
    expect(await failWith({ 'Retry-After': 7 })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '7' },
      message: { status: { reason: 'BUSY' } },
    });
    expect((await failWith({ 'Content-Type': 'application/problem+json' })).headers['content-type']).toBe(
      'application/problem+json',
    );
  });

  test('that no answer can have are left out, and the answer says so', async () => {
    const { status, headers, message } = await failWith({ 'x-a': 'a\nb' });
    expect(status).toBe(503);
    expect(headers).not.toHaveProperty('x-a');
    expect(message.status.info).toMatch(/^the error cannot be answered: header x-a is "a\\nb"; expected /);
  });
});
