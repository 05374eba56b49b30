import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../../src/runtime/http/request.ts';
import { adapterFor, adapters } from '../../../src/runtime/lambda/events/index.ts';
import { alb, albMultiValue, apiGatewayV1, lambdaContext } from '../../support/events.ts';

const json = { 'content-type': 'application/json' };

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

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
