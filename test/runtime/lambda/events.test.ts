import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeldonError } from '../../../src/runtime/errors.ts';
import type { HttpRequest, HttpResponse } from '../../../src/runtime/http/request.ts';
import { adapterFor, adapters } from '../../../src/runtime/lambda/events/index.ts';
import { apiGatewayV2, eventSources, readResult } from '../../support/events.ts';

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
    scheduler: ['schedule', { ...direct, isWarmUp: true }],
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

  test('base64, with line breaks and with or without padding, is told from other text', () => {
    const strict = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
    const event = apiGatewayV2({ method: 'POST', path: '/', body: '' }) as object;
    const text = fc.string({ unit: fc.constantFrom(...'Aa0+/==\n é😀'), maxLength: 9 });
    fc.assert(
      fc.property(text, (body) => {
        const read = () => toRequest({ ...event, body, isBase64Encoded: true });
        if (strict.test(body.replaceAll('\n', ''))) {
          expect(read().body).toEqual(Buffer.from(body, 'base64'));
        } else {
          expect(read).toThrow(SeldonError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function matching(event: unknown) {
  return adapters.filter((adapter) => adapter.matches(event));
}
