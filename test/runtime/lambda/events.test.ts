import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeldonError } from '../../../src/runtime/errors.ts';
import type { HttpRequest, HttpResponse } from '../../../src/runtime/http/request.ts';
import { adapterFor, adapters } from '../../../src/runtime/lambda/events/index.ts';
import {
  alb,
  albMultiValue,
  apiGatewayV1,
  apiGatewayV2,
  eventSources,
  lambdaContext,
  readResult,
} from '../../support/events.ts';

const iris =
  '{"data":{"names":["sepal length (cm)","sepal width (cm)","petal length (cm)","petal width (cm)"],"ndarray":[[5.1,3.5,1.4,0.2]]}}';
const json = { 'content-type': 'application/json' };
const sources = Object.entries(eventSources);

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/events/${name}.json`, import.meta.url), 'utf8'));
}

function toRequest(event: unknown): HttpRequest {
  const [request, ...others] = adapterFor(event).toRequests(event);
  expect(others).toEqual([]);
  return request as HttpRequest;
}

function toResult(event: unknown, response: Partial<HttpResponse>): unknown {
  return adapterFor(event).toResult([{ status: 200, headers: json, body: '{}', ...response }], event);
}

describe('documented events', () => {
  const post = { method: 'POST', path: '/predict', query: {}, body: iris };
  const direct = { method: '', path: '', query: {}, headers: {} };
  const expected: Record<string, [source: string, request: object]> = {
    'alb-post': ['alb', post],
    'alb-get-query': [
      'alb',
      { method: 'GET', query: { json: [iris], note: ['two words'], share: ['100%'] }, body: '' },
    ],
    'alb-multi-value': ['alb', { ...post, query: { tag: ['a&b', 'c d'], debug: ['true'] } }],
    'apigw-v1-post': ['apigw-v1', post],
    'apigw-v1-offline': ['apigw-v1', post],
    'apigw-v1-http-api': ['apigw-v1', post],
    'apigw-v1-custom-domain': ['apigw-v1', { ...post, path: '/iris/api/v1.0/predictions' }],
    'apigw-v1-get-repeated-query': [
      'apigw-v1',
      {
        method: 'GET',
        path: '/predict',
        query: { json: ['{"strData":"a, b & c=d"}', iris], debug: ['true'] },
        body: undefined,
      },
    ],
    'apigw-v2-post': ['apigw-v2', post],
    'apigw-v2-offline': ['apigw-v2', post],
    'apigw-v2-stage': ['apigw-v2', post],
    'apigw-v2-get-query': [
      'apigw-v2',
      {
        method: 'GET',
        path: '/predict',
        query: { json: ['{"strData":"a, b & c=d"}', iris], debug: ['true'], note: ['two words'] },
        body: undefined,
      },
    ],
    'function-url-post': ['apigw-v2', post],
    'function-url-base64': ['apigw-v2', { ...post, body: Buffer.from(iris) }],
    'direct-predict': ['direct', { ...direct, message: JSON.parse(iris) }],
    'direct-aggregate': ['direct', { ...direct, message: fixture('direct-aggregate') }],
    schedule: ['schedule', { ...direct, isWarmUp: true }],
  };

  test.each(Object.entries(expected))('%s is read', (name, [source, request]) => {
    const event = fixture(name);
    expect(adapterFor(event).source).toBe(source);
    expect(toRequest(event)).toMatchObject(request);
  });

  test('each file in test/fixtures/events is in this table', () => {
    const files = readdirSync(new URL('../../fixtures/events/', import.meta.url));
    expect(files.sort()).toEqual(
      Object.keys(expected)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  test.each(Object.keys(expected))('%s is matched by exactly one adapter', (name) => {
    expect(matching(fixture(name))).toHaveLength(1);
  });
});

describe('any JSON value', () => {
  // Mostly what belongs there, sometimes nothing, sometimes anything.
  const mostly = (...values: unknown[]) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...values) },
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
  const seldom = (...values: unknown[]) =>
    fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: mostly(...values) });
  const map = mostly(
    {},
    { a: 'b' },
    { a: ['b', 'c'] },
    { a: [1, null] },
    JSON.parse('{"__proto__":"x"}'),
    null,
  );
  const nearMiss = fc.record({
    source: mostly('aws.events'),
    'detail-type': mostly('Scheduled Event'),
    version: mostly('2.0'),
    httpMethod: mostly('GET', 'post'),
    path: mostly('/predict', '/'),
    rawPath: mostly('/dev/predict', '/dev', '/'),
    rawQueryString: mostly('', 'a=1&a=2', 'a=%E0%A4%A&b', '?', [1]),
    requestContext: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          http: fc.oneof(fc.record({ method: mostly('GET', 'post') }), seldom({}, [], null)),
          elb: seldom({}, { targetGroupArn: 'arn' }, [], null),
          stage: mostly('dev', '$default', ''),
        }),
      },
      { weight: 1, arbitrary: mostly([], null) },
      { weight: 2, arbitrary: fc.constant(undefined) },
    ),
    headers: map,
    multiValueHeaders: map,
    queryStringParameters: map,
    multiValueQueryStringParameters: map,
    cookies: mostly([], ['a=1', 'b=2'], null),
    body: mostly('', '{}', 'e30=', 'e30', null, { a: 1 }),
    isBase64Encoded: mostly(true, false),
  });
  const event = fc.oneof({ weight: 1, arbitrary: fc.jsonValue() }, { weight: 4, arbitrary: nearMiss });

  test('is matched by exactly one adapter, the one that is found', () => {
    fc.assert(
      fc.property(event, (value) => {
        const sources = matching(value);
        return sources.length === 1 && sources[0] === adapterFor(value);
      }),
      { numRuns: 2000 },
    );
  });

  test('becomes a request, or is refused with our own error', () => {
    fc.assert(
      fc.property(event, (value) => {
        try {
          expect(toRequest(value)).toMatchObject({ method: expect.any(String), path: expect.any(String) });
        } catch (error) {
          expect(error).toBeInstanceOf(SeldonError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('reaches each of the adapters, or the laws above say nothing', () => {
    const found = new Set(fc.sample(event, 5000).map((value) => adapterFor(value).source));
    expect([...found].sort()).toEqual(adapters.map(({ source }) => source).sort());
  });

  test.each([
    ['no event at all', undefined],
    ['an HTTP API event without rawPath', { ...(fixture('apigw-v2-post') as object), rawPath: undefined }],
    [
      'a WebSocket event',
      { requestContext: { routeKey: '$connect', connectionId: 'c' }, isBase64Encoded: false },
    ],
    [
      'a load balancer event without target group',
      { ...(fixture('alb-post') as object), requestContext: { elb: null } },
    ],
    ['a message that has a path', { path: '/predict', httpMethod: 'GET', data: {} }],
  ])('%s is a direct invocation', (_what, value) => {
    expect(adapterFor(value).source).toBe('direct');
    expect(matching(value)).toHaveLength(1);
    expect(toRequest(value).message).toBe(value);
  });

  test('keys of later days do not change the event source', () => {
    const event = fixture('apigw-v1-custom-domain') as { requestContext: object };
    const later = { ...event, rawPath: '/x', requestContext: { ...event.requestContext, customDomain: {} } };
    expect(adapterFor(later).source).toBe('apigw-v1');
  });
});

describe('every source that speaks HTTP', () => {
  test.each(sources)('%s carries method, path, query, headers and body', (_name, source) => {
    const request = toRequest(
      source({ method: 'post', path: '/a%20b?x=1%262&y=c+d', headers: { 'X-Thing': 'Value' }, body: iris }),
    );
    expect(request).toMatchObject({ method: 'POST', path: '/a%20b', body: iris });
    expect(request.query).toEqual({ x: ['1&2'], y: ['c d'] });
    expect(request.headers['x-thing']).toBe('Value');
    expect(request.headers.host).toMatch(/amazonaws|on\.aws/);
    expect(Object.keys(request.headers).filter((name) => name !== name.toLowerCase())).toEqual([]);
  });

  test.each(sources.filter(([name]) => name !== 'alb'))(
    '%s keeps repeated query keys in order',
    (_name, source) => {
      expect(toRequest(source({ method: 'GET', path: '/?a=2&b=x&a=1,3&a' })).query).toEqual({
        a: ['2', '1,3', ''],
        b: ['x'],
      });
    },
  );

  test.each(sources)(
    '%s keeps a query key and a header that are called like members of objects',
    (_name, source) => {
      const headers = JSON.parse('{"__proto__":"h","constructor":"c"}');
      const request = toRequest(source({ method: 'GET', path: '/?__proto__=a&constructor=b', headers }));
      expect(Object.entries(request.query)).toEqual([
        ['__proto__', ['a']],
        ['constructor', ['b']],
      ]);
      expect(request.query.toString).toBeUndefined();
      expect(Object.entries(request.headers)).toEqual(
        expect.arrayContaining([
          ['__proto__', 'h'],
          ['constructor', 'c'],
        ]),
      );
    },
  );

  test.each(sources)('%s has a body only where the request has one', (_name, source) => {
    expect(toRequest(source({ method: 'GET', path: '/' })).body || undefined).toBeUndefined();
  });

  test.each(sources)('%s brings bytes as base64 and takes bytes as base64', (_name, source) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const event = source({ method: 'POST', path: '/', body: bytes });
    expect(new Uint8Array(toRequest(event).body as Uint8Array)).toEqual(bytes);
    // A view into a larger buffer: only its own bytes may go out.
    expect(readResult(toResult(event, { body: bytes.subarray(3, 6) })).body).toEqual(Uint8Array.of(3, 4, 5));
  });

  test.each(sources)('%s refuses a body that is not what the event says', (_name, source) => {
    const event = source({ method: 'POST', path: '/', body: iris }) as object;
    const bad = { reason: 'MICROSERVICE_BAD_DATA', status: 400 };
    expect(() => toRequest({ ...event, isBase64Encoded: true })).toThrow(
      expect.objectContaining({ ...bad, info: 'the event says isBase64Encoded, but its body is not base64' }),
    );
    expect(() => toRequest({ ...event, body: { data: {} } })).toThrow(
      expect.objectContaining({ ...bad, info: "the event's body is of type object, expected a string" }),
    );
  });

  test.each(sources)('%s takes status, headers and text', (_name, source) => {
    const event = source({ method: 'GET', path: '/' });
    const headers = { ...json, allow: 'POST' };
    const result = toResult(event, { status: 405, headers, body: '{"é":1}' });
    expect(readResult(result)).toEqual({ status: 405, headers, body: '{"é":1}' });
    expect(result).toMatchObject({ isBase64Encoded: false });
  });

  test('base64 is told from other text as a strict decoder tells it', () => {
    const strict = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
    const event = apiGatewayV2({ method: 'POST', path: '/', body: '' }) as object;
    const text = fc.string({ unit: fc.constantFrom(...'Aa0+/==\n é😀'), maxLength: 9 });
    fc.assert(
      fc.property(text, (body) => {
        const read = () => toRequest({ ...event, body, isBase64Encoded: true });
        if (strict.test(body)) {
          expect(read().body).toEqual(Buffer.from(body, 'base64'));
        } else {
          expect(read).toThrow(SeldonError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('API Gateway, payload 1.0', () => {
  test('joins repeated headers, and prefers them to the single ones', () => {
    const event = {
      ...(fixture('apigw-v1-post') as object),
      multiValueHeaders: { ACCEPT: ['a', 'b'], accept: ['c'] },
    };
    expect(toRequest(event).headers).toEqual({ accept: 'a, b, c' });
  });

  test('reads the single values where the lists are missing, as tests in the console send them', () => {
    const event = {
      ...(apiGatewayV1({ method: 'GET', path: '/?a=1', headers: { Accept: '*/*' } }) as object),
      multiValueHeaders: null,
      multiValueQueryStringParameters: null,
    };
    expect(toRequest(event)).toMatchObject({ query: { a: ['1'] }, headers: { accept: '*/*' } });
    expect(toRequest({ ...event, headers: null, queryStringParameters: null })).toMatchObject({
      query: {},
      headers: {},
    });
  });
});

test('what is not text in headers and query is left out', () => {
  const mixed = { a: 1, b: null, c: { toString: 1 }, d: 'x', e: [2, 'y', null, { toString: 1 }] };
  const event = {
    ...(apiGatewayV1({ method: 'GET', path: '/' }) as object),
    multiValueHeaders: mixed,
    multiValueQueryStringParameters: mixed,
  };
  expect(toRequest(event)).toMatchObject({ headers: { d: 'x', e: 'y' }, query: { d: ['x'], e: ['y'] } });
});

describe('API Gateway, payload 2.0', () => {
  test('cookies become one header, and none where there are none', () => {
    expect(toRequest(fixture('apigw-v2-post')).headers.cookie).toBe('session=s3cr3t; theme=dark');
    expect(toRequest(fixture('apigw-v2-offline')).headers).not.toHaveProperty('cookie');
  });

  test.each([
    ['dev', '/dev/predict', '/predict'],
    ['dev', '/dev', '/'],
    ['dev', '/dev/', '/'],
    ['dev', '/development/predict', '/development/predict'],
    ['dev', '/iris/dev/predict', '/iris/dev/predict'],
    ['dev', '/dev/dev/predict', '/dev/predict'],
    ['$default', '/$default/predict', '/$default/predict'],
    ['', '//predict', '//predict'],
    [undefined, '/undefined/predict', '/undefined/predict'],
  ])('stage %s: %s is %s', (stage, rawPath, path) => {
    const event = fixture('apigw-v2-stage') as { requestContext: object };
    expect(toRequest({ ...event, rawPath, requestContext: { ...event.requestContext, stage } }).path).toBe(
      path,
    );
  });
});

describe('ALB', () => {
  test.each(['100%', '%zz', '%E0%A4%A', 'a+%FF'])(
    'a query value %s that cannot be decoded stays as it is',
    (value) => {
      expect(toRequest(alb({ method: 'GET', path: `/?q=${value}` })).query.q).toEqual([value]);
    },
  );

  test('decodes query names too', () => {
    expect(toRequest(alb({ method: 'GET', path: '/?a%5Bb%5D+c=1' })).query).toEqual({ 'a[b] c': ['1'] });
  });

  test('joins the values of a header', () => {
    expect(toRequest(fixture('alb-multi-value')).headers.accept).toBe('application/json, text/plain');
  });

  test('is answered with headers in the form in which it sent its own', () => {
    const request = { method: 'GET', path: '/' };
    const single = toResult(alb(request), {});
    expect(single).toMatchObject({ headers: json });
    expect(single).not.toHaveProperty('multiValueHeaders');
    const multi = toResult(albMultiValue(request), {});
    expect(multi).toMatchObject({ multiValueHeaders: { 'content-type': ['application/json'] } });
    expect(multi).not.toHaveProperty('headers');
  });

  test.each([
    [200, '200 OK'],
    [404, '404 Not Found'],
    [413, '413 Payload Too Large'],
    [299, '299'],
  ])('describes status %i as %s', (status, statusDescription) => {
    expect(toResult(alb({ method: 'GET', path: '/' }), { status })).toMatchObject({ statusDescription });
  });
});

describe('a direct invocation', () => {
  const event = fixture('direct-predict');

  test.each<[string, Partial<HttpResponse>, unknown]>([
    ['JSON as a value', { body: '{"strData":"hi"}' }, { strData: 'hi' }],
    [
      'JSON with a charset as a value',
      { headers: { 'content-type': 'application/json; charset=utf-8' }, body: '[1]' },
      [1],
    ],
    ['JSON in bytes as a value', { body: Buffer.from('{"é":1}') }, { é: 1 }],
    ['other text as text', { headers: { 'content-type': 'text/plain' }, body: '{"a":1}' }, '{"a":1}'],
    ['text without a type as text', { headers: {}, body: '1' }, '1'],
    ['bytes as base64', { headers: { 'content-type': 'image/png' }, body: Uint8Array.of(1, 2, 3) }, 'AQID'],
    ['an empty body as null', { body: '' }, null],
    ['no bytes as null', { headers: {}, body: new Uint8Array(0) }, null],
  ])('is answered %s', (_what, response, result) => {
    expect(toResult(event, response)).toEqual(result);
  });

  test.each<[string, Partial<HttpResponse>, string, string]>([
    [
      'the reason and info',
      { body: failure({ reason: 'MY_REASON', info: 'too old' }) },
      'MY_REASON',
      'too old',
    ],
    ['info that is not text as JSON', { body: failure({ reason: 'R', info: { a: [1] } }) }, 'R', '{"a":[1]}'],
    ['the status where there is no reason', { status: 503, body: failure({ info: 'x' }) }, 'HTTP_503', 'x'],
    ['the status where the reason is empty', { body: failure({ reason: '', info: 'x' }) }, 'HTTP_400', 'x'],
    [
      'the whole body where it has no info',
      { body: '{"status":{"reason":"R"}}' },
      'R',
      '{"status":{"reason":"R"}}',
    ],
    ['the whole body where it is no JSON', { status: 500, body: 'oh' }, 'HTTP_500', 'oh'],
    ['the bytes as text', { body: Buffer.from(failure({ reason: 'R', info: 'é' })) }, 'R', 'é'],
  ])('fails with %s', (_what, response, name, message) => {
    const error = thrownBy(() => toResult(event, { status: 400, ...response }));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name, message, stack: `${name}: ${message}` });
  });

  function failure(status: object): string {
    return JSON.stringify({ status: { status: 1, code: -1, ...status } });
  }
});

describe('limits and helpers', () => {
  test('a load balancer takes 1 MB, all others what Lambda takes', () => {
    expect(Object.fromEntries(adapters.map((adapter) => [adapter.source, adapter.maxResponseBytes]))).toEqual(
      {
        alb: 1_048_576,
        'apigw-v1': 6_291_556,
        'apigw-v2': 6_291_556,
        direct: 6_291_556,
        schedule: 6_291_556,
      },
    );
  });

  test('each context has a request id of its own', () => {
    expect(lambdaContext().awsRequestId).not.toBe(lambdaContext().awsRequestId);
    expect(lambdaContext({ awsRequestId: 'mine' }).awsRequestId).toBe('mine');
  });
});

function matching(event: unknown) {
  return adapters.filter((adapter) => adapter.matches(event));
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
