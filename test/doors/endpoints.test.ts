import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import albEvent from '../fixtures/events/alb-post.json' with { type: 'json' };
import customDomainEvent from '../fixtures/events/apigw-v1-custom-domain.json' with { type: 'json' };
import stageEvent from '../fixtures/events/apigw-v2-stage.json' with { type: 'json' };
import { bodyOf, type Case, readCases } from '../support/conformance/case.ts';
import {
  alb,
  albMultiValue,
  apiGatewayV1,
  apiGatewayV2,
  eventSources,
  functionUrl,
  lambdaContext,
  readResult,
  type TestRequest,
} from '../support/events.ts';
import { type Deployment, deploy, functionOfPath } from '../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const json = { 'content-type': 'application/json' };
const rows = '{"data":{"ndarray":[[1,2.5],[3,4]]}}';
const rowsAnswer = { data: { names: ['t:0', 't:1'], ndarray: JSON.parse('[[1,2.5],[3,4]]') }, meta: {} };
const sources = Object.entries(eventSources);
const identity = () => deploy({ MODEL_NAME: 'Identity' });

/**
 * Recorded requests of every endpoint, kind of payload, way to carry a message, and kind of error. What they
 * must be answered is conformance.test.ts.
 */
const SAMPLE = [
  'predict/tensor/identity-2d',
  'predict/tensor/identity-empty-0x4',
  'predict/tensor/identity-shape-minus1',
  'predict/ndarray/identity-2d',
  'predict/ndarray/identity-mixed-num-str',
  'predict/ndarray/identity-nan',
  'predict/ndarray/identity-unicode',
  'predict/ndarray/identity-scalar',
  'predict/other/strData-unicode',
  'predict/other/binData',
  'predict/other/binData-bad-padding',
  'predict/other/jsonData-object',
  'predict/other/jsonData-null',
  'predict/other/customData',
  'predict/other/duplicate-keys',
  'tftensor/identity/float-content',
  'tftensor/identity/int64-val-strings',
  'tftensor/identity/content-wrong-size',
  'bad/no-body',
  'bad/empty-body',
  'bad/trailing-comma',
  'bad/empty-object',
  'bad/utf16',
  'bad/utf8-bom',
  'bad/lone-surrogate-escape',
  'bad/nul-escape',
  'meta/all',
  'meta/number',
  'names/ClassNames/ndarray-2d',
  'tags/TagsBoth/with-request-tags',
  'metrics/MetricsBoth/predict',
  'transform-input/ints',
  'transform-output/tensor',
  'route/meta-passed',
  'route/named',
  'route/bad-input',
  'aggregate/mean/top-level-list',
  'aggregate/mean/three',
  'aggregate/mean/shape-mismatch',
  'aggregate/full/strData',
  'feedback/full/request-tags',
  'feedback/bad/two-oneof',
  'feedback/form',
  'feedback/query',
  'health/full',
  'health/raises',
  'metadata/init/v1',
  'metadata/init/bad_datatype',
  'http/GET/health/ping',
  'http/HEAD/health/ping',
  'http/GET/api/v1.0/health/status',
  'http/GET/api/v1.0/metadata',
  'http/POST-json/api/v0.1/predictions',
  'http/POST-form/api/v1.0/feedback',
  'http/GET-query/predict',
  'http/GET-query/api/v1.0/predictions',
  'http/PUT/predict',
  'http/OPTIONS/predict',
  'http/404-GET/nope',
  'http/form/json-unicode',
  'http/form/json-invalid',
  'http/query/post-query-no-body',
  'http/query/post-body-and-query',
  'http/multipart/strData-file',
  'http/multipart/binData-and-meta',
  'http/multipart/data-and-meta',
  'http/multipart/aggregate',
  'http/multipart/truncated',
  'raw/echo/aggregate-list',
  'raw/echo/status-code-reflected',
  'raw/zoo/status_204',
  'raw/zoo/status_0',
  'raw/passthrough/not-json',
  'errors/predict/sme_422',
  'errors/predict/sme_200',
  'errors/predict/sme_obj',
  'errors/predict/exception_empty',
  'errors/custom/raw',
  'errors/custom/health',
  'errors/custom/404',
];

const cases = new Map(readCases().map((testCase) => [testCase.id, testCase]));
const sample = SAMPLE.flatMap((id) => {
  const testCase = cases.get(id);
  return testCase?.request === undefined ? [] : [{ id, testCase, request: toRequest(testCase.request) }];
});

function toRequest(recorded: NonNullable<Case['request']>): TestRequest {
  const { method, path, headers } = recorded;
  const body = bodyOf(recorded);
  return { method, path, headers, ...(body === undefined ? {} : { body }) };
}

function deployCase({ model, env }: Case): Deployment {
  return deploy({ MODEL_NAME: model, ...env });
}

async function answerTo(functions: Deployment, request: TestRequest, source = apiGatewayV2) {
  const { status, headers, body } = await functions.send(request, source);
  return { status, contentType: headers['content-type'], body };
}

test('the sample holds recorded requests only, once each', () => {
  expect(sample.map(({ id }) => id)).toEqual([...new Set(SAMPLE)]);
});

describe('an answer does not depend on how its request came', () => {
  test.each(sample)('$id: through which event source', async ({ testCase, request }) => {
    const functions = deployCase(testCase);
    const expected = await answerTo(functions, request);
    for (const [name, source] of sources) {
      expect(await answerTo(functions, request, source), name).toEqual(expected);
    }
  });

  test.each(sample.filter(({ request }) => request.body !== undefined))(
    '$id: as text or as base64',
    async ({ testCase, request }) => {
      const functions = deployCase(testCase);
      const expected = await answerTo(functions, request);
      const body = Buffer.from(request.body as string | Uint8Array);
      for (const [name, source] of sources) {
        expect(await answerTo(functions, { ...request, body }, source), name).toEqual(expected);
      }
    },
  );

  test.each(sample.filter(({ request }) => Object.keys(request.headers ?? {}).length > 0))(
    '$id: in which case its headers are written',
    async ({ testCase, request }) => {
      const functions = deployCase(testCase);
      const expected = await answerTo(functions, request);
      const upper = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toUpperCase(), value]);
      const headers = Object.fromEntries(upper);
      expect(await answerTo(functions, { ...request, headers }, apiGatewayV1)).toEqual(expected);
    },
  );

  test.each(sample.filter(({ request }) => request.method === 'GET'))(
    '$id: by HEAD instead of GET, but that it has no body then',
    async ({ testCase, request }) => {
      const functions = deployCase(testCase);
      const expected = { ...(await answerTo(functions, request)), body: '' };
      for (const [name, source] of sources) {
        expect(await answerTo(functions, { ...request, method: 'HEAD' }, source), name).toEqual(expected);
      }
    },
  );

  test.each(sample.filter(({ testCase, request }) => directEvent(testCase, request) !== undefined))(
    '$id: over HTTP or by direct invocation, which fails where HTTP has an error',
    async ({ testCase, request }) => {
      const functions = deployCase(testCase);
      const path = request.path.split('?', 1)[0] as string;
      const { status, body } = await functions.send(request);
      const text = typeof body === 'string' ? body : Buffer.from(body).toString();
      const { message } = directEvent(testCase, request) as { message: unknown };
      const called = functions.invoke(functionOfPath.get(path) as string, message);
      if (status < 400) {
        expect(await called).toEqual(text === '' ? null : JSON.parse(text));
      } else {
        expect(await failureOf(called)).toEqual(expectedFailure(status, text));
      }
    },
  );
});

/**
 * The message itself; undefined where a direct invocation cannot mean the same: it has no path, no method and
 * no bytes.
 */
function directEvent({ env }: Case, request: TestRequest): { message: unknown } | undefined {
  const [path, query] = request.path.split('?') as [string, string | undefined];
  const { method, headers = {}, body } = request;
  const isOwnRoute = functionOfPath.has(path) && path !== '/health/ping';
  if (!isOwnRoute || !/^(GET|POST)$/.test(method) || env.PAYLOAD_PASSTHROUGH) {
    return undefined;
  }
  if (/^\/(api\/v1.0\/)?(health|metadata)/.test(path)) {
    return { message: {} };
  }
  const type = headers['Content-Type'] ?? '';
  if (type.startsWith('multipart/') || (body !== undefined && typeof body !== 'string')) {
    return undefined;
  }
  if (path.startsWith('/api/') && method === 'GET') {
    return undefined;
  }
  const form = type.startsWith('application/x-www-form-urlencoded') ? body : undefined;
  const text =
    new URLSearchParams(form ?? '').get('json') ?? new URLSearchParams(query ?? '').get('json') ?? body;
  try {
    return { message: JSON.parse(text as string) };
  } catch {
    return undefined;
  }
}

function expectedFailure(status: number, text: string) {
  const error = JSON.parse(text).status ?? {};
  const { info = text } = error;
  return {
    name: error.reason ?? `HTTP_${status}`,
    message: typeof info === 'string' ? info : JSON.stringify(info),
  };
}

async function failureOf(called: Promise<unknown>) {
  const error: unknown = await called.then(
    (answer) => new Error(`answered ${JSON.stringify(answer)}`),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const { name, message, stack } = error as Error;
  expect(stack).toBe(`${name}: ${message}`);
  return { name, message };
}

describe('a direct invocation', () => {
  test('without an event is answered that there is no message', async () => {
    expect(await failureOf(identity().invoke('predict', undefined))).toEqual({
      name: 'MICROSERVICE_BAD_DATA',
      message: "Can't find JSON in data",
    });
  });

  test('of the function for all other paths is not found', async () => {
    expect((await failureOf(identity().invoke('not-found', {}))).name).toBe('MICROSERVICE_NOT_FOUND');
  });

  test.each(['aggregate', 'predict', 'transform-input', 'route', 'send-feedback'])(
    'of %s that nests its message too deeply for JSON is refused as the same body would be',
    async (name) => {
      let deep: unknown = 1;
      for (let level = 0; level < 20_000; level++) {
        deep = [deep];
      }
      for (const event of [
        { jsonData: deep },
        [{ jsonData: { deep } }],
        { meta: { tags: { deep } } },
        deep,
      ]) {
        expect((await failureOf(identity().invoke(name, event))).name).toBe('MICROSERVICE_BAD_DATA');
      }
    },
  );

  test.each([
    ['text', 'not JSON'],
    ['bytes', Buffer.from([0, 255, 1])],
  ])('of a model that passes %s through gets it, though it is no JSON', async (_what, passed) => {
    vi.stubGlobal('returns', new Map([['value', passed]]));
    const functions = deploy({
      MODEL_NAME: 'ReturnsRaw',
      MODEL_DIR: new URL('../models/lifecycle/', import.meta.url).pathname,
      PAYLOAD_PASSTHROUGH: 'true',
    });
    expect(await functions.invoke('predict', { any: 'event' })).toBe(
      typeof passed === 'string' ? passed : passed.toString('base64'),
    );
    vi.unstubAllGlobals();
  });

  test('can be made many times with one event, which is not changed', async () => {
    const functions = deploy({ MODEL_NAME: 'ClientAll' });
    const event = { data: { ndarray: [[1, 2]] }, meta: { puid: 'p', tags: { a: 1 } } };
    const before = structuredClone(event);
    const first = await functions.invoke('transform-input', event);
    expect(await functions.invoke('transform-input', event)).toEqual(first);
    expect(event).toEqual(before);
  });
});

describe('a compressed body', () => {
  const encodings = {
    gzip: gzipSync(rows),
    'x-gzip': gzipSync(rows),
    deflate: deflateSync(rows),
    br: brotliCompressSync(rows),
    identity: Buffer.from(rows),
    ' GZip ': gzipSync(rows),
  };

  test.each(Object.entries(encodings))('%s is read, through every event source', async (encoding, body) => {
    const functions = identity();
    const headers = { ...json, 'Content-Encoding': encoding };
    for (const [name, source] of sources) {
      const answer = await functions.send({ method: 'POST', path: '/predict', headers, body }, source);
      expect(answer.status, name).toBe(200);
      expect(JSON.parse(answer.body as string), name).toEqual(rowsAnswer);
    }
  });

  test('is read where it holds a form or parts', async () => {
    const functions = identity();
    const form = gzipSync(new URLSearchParams({ json: rows }).toString());
    const parts = gzipSync(
      '--b\r\ncontent-disposition: form-data; name="data"\r\n\r\n{"ndarray":[[1,2.5],[3,4]]}\r\n--b--\r\n',
    );
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', form],
      ['multipart/form-data; boundary=b', parts],
    ] as const) {
      const headers = { 'content-type': type, 'content-encoding': 'gzip' };
      const answer = await functions.send({ method: 'POST', path: '/predict', headers, body });
      expect(JSON.parse(answer.body as string)).toEqual(rowsAnswer);
    }
  });

  test.each(['zstd', 'compress', 'gzip, br', 'constructor', '__proto__', 'valueof', 'tostring'])(
    'in the encoding %s, which nobody reads here, is refused 415',
    async (encoding) => {
      const answer = await send(Buffer.from(rows), encoding);
      expect(answer.status).toBe(415);
      expect(errorOf(answer)).toEqual({
        reason: 'MICROSERVICE_BAD_DATA',
        info: expect.stringMatching(/^content-encoding .* is not known; expected gzip, deflate or br$/),
      });
    },
  );

  test.each(['gzip', 'deflate', 'br'])('that is no %s is refused 400', async (encoding) => {
    for (const body of [
      Buffer.from(rows),
      gzipSync(rows).subarray(0, -9),
      Buffer.from([0x1f, 0x8b]),
      Buffer.from('{'),
    ]) {
      const answer = await send(body, encoding);
      expect(answer.status).toBe(400);
      expect(errorOf(answer).info).toMatch(encoding);
    }
  });

  test('that came as text is refused, for its bytes are lost', async () => {
    const answer = await identity().send({
      method: 'POST',
      path: '/predict',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync(rows).toString('latin1'),
    });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).info).toMatch(/bytes are lost/);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliFast],
  ] as const)(
    'that would grow beyond all measure (%s) is refused 413, quickly',
    async (encoding, compress) => {
      const bomb = compress(Buffer.alloc(80 * 1024 * 1024));
      expect(bomb.length).toBeLessThan(200_000);
      const start = performance.now();
      const answer = await send(bomb, encoding);
      expect(answer.status).toBe(413);
      expect(errorOf(answer).reason).toBe('MICROSERVICE_PAYLOAD_TOO_LARGE');
      expect(performance.now() - start).toBeLessThan(3000);
    },
  );

  function send(body: Uint8Array, encoding: string) {
    const headers = { ...json, 'content-encoding': encoding };
    return identity().send({ method: 'POST', path: '/predict', headers, body });
  }
});

describe('a path', () => {
  const post = { method: 'POST', path: '/predict', body: rows };

  test('may have a stage before it (HTTP API)', async () => {
    const event = { ...stageEvent, body: rows, isBase64Encoded: false };
    expect(event.rawPath).toMatch(/^\/[^/]+\/predict$/);
    const answer = readResult(await identity().invoke('predict', event));
    expect(JSON.parse(answer.body as string)).toEqual(rowsAnswer);
  });

  test('may have the base path of a custom domain before it (REST API)', async () => {
    const event = { ...customDomainEvent, body: rows, isBase64Encoded: false };
    expect(event.path).toBe('/iris/api/v1.0/predictions');
    const answer = readResult(await identity().invoke('predict', event));
    expect(JSON.parse(answer.body as string)).toEqual(rowsAnswer);
  });

  test('may have what a load balancer routes by before it', async () => {
    const event = { ...albEvent, path: '/models/iris/predict', body: rows, isBase64Encoded: false };
    const answer = readResult(await identity().invoke('predict', event));
    expect(JSON.parse(answer.body as string)).toEqual(rowsAnswer);
  });

  test.each(['predict', 'transform-input', 'transform-output'])(
    'may be / alone: a function URL of %s means the function',
    async (name) => {
      const answer = readResult(await identity().invoke(name, functionUrl({ ...post, path: '/' })));
      expect(JSON.parse(answer.body as string)).toEqual(rowsAnswer);
    },
  );

  test('/ of the health function is /health/status, not /health/ping', async () => {
    const answer = readResult(
      await identity().invoke('health', functionUrl({ method: 'GET', path: '/', headers: {} })),
    );
    expect(JSON.parse(answer.body as string)).toEqual({ strData: 'healthy', meta: {} });
  });

  test('/ still allows no other method than the route has', async () => {
    const answer = readResult(await identity().invoke('health', functionUrl({ ...post, path: '/' })));
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
  });

  test.each([
    '/predict/',
    '/predictx',
    '/xpredict',
    '/predict/more',
    '/Predict',
    '//',
    '/api/v1.0',
    '/%2Fpredict',
  ])('%s is not found, in any function', async (path) => {
    const functions = identity();
    for (const [name, source] of sources) {
      for (const called of ['predict', 'not-found']) {
        const answer = readResult(await functions.invoke(called, source({ ...post, path })));
        expect(answer.status, name).toBe(404);
        expect(errorOf(answer)).toEqual({
          reason: 'MICROSERVICE_NOT_FOUND',
          info: expect.stringContaining(path),
        });
      }
    }
  });
});

describe('a method', () => {
  test.each([...functionOfPath].filter(([path]) => path !== '*'))(
    'that %s does not have is 405 with the methods that it has',
    async (path) => {
      const isPostOnly = /^\/api\/v(1\.0|0\.1)\/(predictions|feedback)$/.test(path);
      const isGetOnly = /health|metadata|seldon\.json|metrics|prometheus|docs?$/.test(path);
      const allow = isPostOnly
        ? 'OPTIONS, POST'
        : isGetOnly
          ? 'GET, HEAD, OPTIONS'
          : 'GET, HEAD, OPTIONS, POST';
      const functions = identity();
      for (const [name, source] of sources) {
        for (const method of ['PUT', 'DELETE', 'PATCH', 'BREW', isPostOnly ? 'GET' : 'TRACE']) {
          const answer = await functions.send({ method, path, headers: {} }, source);
          expect(answer.status, `${name} ${method}`).toBe(405);
          expect(answer.headers.allow).toBe(allow);
          expect(errorOf(answer).reason).toBe('MICROSERVICE_METHOD_NOT_ALLOWED');
        }
        const options = await functions.send({ method: 'OPTIONS', path, headers: {} }, source);
        expect(options).toMatchObject({ status: 200, body: '', headers: { allow } });
      }
    },
  );

  test('may be written in lower case', async () => {
    const answer = await identity().send({ method: 'post', path: '/predict', body: rows, headers: json });
    expect(answer.status).toBe(200);
  });

  test('HEAD of what fails has the status and no body', async () => {
    const functions = deploy({ MODEL_NAME: 'HealthRaises' });
    for (const [name, source] of sources) {
      const head = { method: 'HEAD', path: '/health/status', headers: {} };
      expect(await functions.send(head, source), name).toMatchObject({ status: 503, body: '' });
      expect(await functions.send({ ...head, path: '/predict' }, source)).toMatchObject({
        status: 400,
        body: '',
      });
      expect(await functions.send({ ...head, path: '/nope' }, source)).toMatchObject({
        status: 404,
        body: '',
      });
    }
  });
});

describe('Seldon-Puid', () => {
  const requests: Record<string, TestRequest> = {
    'an answer': { method: 'POST', path: '/predict', body: rows },
    'a refusal': { method: 'POST', path: '/predict', body: '{' },
    'a body that is not base64': { method: 'POST', path: '/predict', body: rows },
    'a missing method': { method: 'POST', path: '/route', body: rows },
    'an unknown path': { method: 'GET', path: '/nope' },
    'a method that is not allowed': { method: 'PUT', path: '/predict', body: rows },
    ping: { method: 'GET', path: '/health/ping' },
    metadata: { method: 'GET', path: '/metadata' },
    'a preflight': { method: 'OPTIONS', path: '/predict' },
    HEAD: { method: 'HEAD', path: '/health/status' },
  };

  test.each(Object.entries(requests))(
    'is the caller’s own on %s, whatever its case',
    async (_what, request) => {
      const functions = identity();
      for (const [name, source] of sources) {
        for (const header of ['Seldon-Puid', 'seldon-puid', 'SELDON-PUID']) {
          const headers = { ...json, [header]: 'p/1 ü' };
          const answer = await functions.send({ ...request, headers }, source);
          expect(answer.headers['seldon-puid'], name).toBe('p/1 ü');
        }
      }
    },
  );

  test.each(Object.entries(requests))('is the invocation’s id on %s without one', async (what, request) => {
    const functions = identity();
    const name = functionOfPath.get(request.path) ?? 'not-found';
    for (const [sourceName, source] of sources) {
      const context = lambdaContext();
      const event = source(request) as object;
      const sent = what.includes('base64') ? { ...event, isBase64Encoded: true } : event;
      const answer = readResult(await functions.invoke(name, sent, context));
      expect(answer.headers['seldon-puid'], sourceName).toBe(context.awsRequestId);
    }
  });

  test('of the request’s meta stays in the answer’s meta and is not the header', async () => {
    const body = '{"strData":"x","meta":{"puid":"inner"}}';
    const headers = { ...json, 'seldon-puid': 'outer' };
    const answer = await identity().send({ method: 'POST', path: '/predict', headers, body });
    expect(answer.headers['seldon-puid']).toBe('outer');
    expect(JSON.parse(answer.body as string).meta).toEqual({ puid: 'inner' });
  });
});

describe('CORS', () => {
  const requests: TestRequest[] = [
    { method: 'POST', path: '/predict', body: rows },
    { method: 'POST', path: '/predict', body: '{' },
    { method: 'GET', path: '/nope' },
    { method: 'PUT', path: '/predict' },
    { method: 'GET', path: '/health/ping' },
    { method: 'OPTIONS', path: '/predict' },
  ];
  const from = (request: TestRequest, origin: string) => ({
    ...request,
    headers: { ...(request.body === undefined ? {} : json), Origin: origin },
  });

  test.each(sources)('allows every origin by default, on every answer (%s)', async (_name, source) => {
    const functions = identity();
    for (const request of requests) {
      const { headers } = await functions.send(from(request, 'https://app.example'), source);
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers['access-control-expose-headers']).toBe('Seldon-Puid');
      expect(headers.vary).toBeUndefined();
    }
  });

  test.each(sources)('echoes an origin of the list and no other (%s)', async (_name, source) => {
    const functions = deploy({
      MODEL_NAME: 'Identity',
      CORS_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
    });
    for (const request of requests) {
      const allowed = await functions.send(from(request, 'https://b.example'), source);
      expect(allowed.headers['access-control-allow-origin']).toBe('https://b.example');
      for (const origin of ['https://c.example', 'https://a.example.evil', 'null', '*', '']) {
        const refused = await functions.send(from(request, origin), source);
        expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
        expect(refused.status).toBe(allowed.status);
        expect(refused.headers.vary).toBe('Origin');
      }
      expect(allowed.headers.vary).toBe('Origin');
      const none = await functions.send(request, source);
      expect(none.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('allows none with an empty list, and all with a star in it', async () => {
    const none = deploy({ MODEL_NAME: 'Identity', CORS_ALLOWED_ORIGINS: '' });
    const refused = await none.send(from(requests[0], 'https://a.example'));
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    const all = deploy({ MODEL_NAME: 'Identity', CORS_ALLOWED_ORIGINS: 'https://a.example,*' });
    expect((await all.send(requests[0])).headers['access-control-allow-origin']).toBe('*');
  });

  test('a preflight is told the methods, and that the headers it asked for are allowed', async () => {
    const headers = {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type,seldon-puid',
    };
    const functions = identity();
    for (const [name, source] of sources) {
      const answer = await functions.send({ method: 'OPTIONS', path: '/predict', headers }, source);
      expect(answer, name).toMatchObject({
        status: 200,
        body: '',
        headers: {
          'access-control-allow-origin': '*',
          'access-control-allow-methods': 'GET, HEAD, OPTIONS, POST',
          'access-control-allow-headers': 'content-type,seldon-puid',
          'access-control-max-age': expect.stringMatching(/^\d+$/),
        },
      });
    }
  });

  test('a preflight is told CORS_ALLOWED_HEADERS, whatever it asked for', async () => {
    const functions = deploy({ MODEL_NAME: 'Identity', CORS_ALLOWED_HEADERS: 'content-type , x-mine' });
    const headers = { 'Access-Control-Request-Headers': 'x-theirs' };
    const answer = await functions.send({ method: 'OPTIONS', path: '/predict', headers });
    expect(answer.headers['access-control-allow-headers']).toBe('content-type, x-mine');
  });

  test('is told to a load balancer in the form that its target group asks for', async () => {
    const functions = identity();
    const request = { method: 'GET', path: '/health/ping' };
    const single = (await functions.invoke('health', alb(request))) as { headers: object };
    expect(single.headers).toMatchObject({ 'access-control-allow-origin': '*' });
    const multi = (await functions.invoke('health', albMultiValue(request))) as { multiValueHeaders: object };
    expect(multi.multiValueHeaders).toMatchObject({ 'access-control-allow-origin': ['*'] });
  });
});

function brotliFast(bytes: Uint8Array) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

function errorOf({ body }: { body: string | Uint8Array }): { reason: string; info: string } {
  const { status } = JSON.parse(body as string);
  expect(status).toMatchObject({ status: 1, code: -1 });
  return { reason: status.reason, info: status.info };
}
