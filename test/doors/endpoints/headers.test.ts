import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  alb,
  albMultiValue,
  eventSources,
  lambdaContext,
  readResult,
  type TestRequest,
} from '../../support/events.ts';
import { deploy, functionOfPath } from '../../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const json = { 'content-type': 'application/json' };
const rows = '{"data":{"ndarray":[[1,2.5],[3,4]]}}';
const sources = Object.entries(eventSources);
const identity = () => deploy({ MODEL_NAME: 'Identity' });

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

  test.each(Object.entries(requests))('comes with nosniff on %s', async (_what, request) => {
    const functions = identity();
    for (const [name, source] of sources) {
      const answer = await functions.send({ ...request, headers: json }, source);
      expect(answer.headers['x-content-type-options'], name).toBe('nosniff');
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
      expect(headers['access-control-expose-headers']).toBe(
        'Inference-Header-Content-Length, Retry-After, Seldon-Failed-Node, Seldon-Predictor, Seldon-Puid',
      );
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
    const single = (await functions.invoke('ping', alb(request))) as { headers: object };
    expect(single.headers).toMatchObject({ 'access-control-allow-origin': '*' });
    const multi = (await functions.invoke('ping', albMultiValue(request))) as { multiValueHeaders: object };
    expect(multi.multiValueHeaders).toMatchObject({ 'access-control-allow-origin': ['*'] });
  });
});
