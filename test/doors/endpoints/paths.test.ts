import { afterEach, describe, expect, test, vi } from 'vitest';
import albEvent from '../../fixtures/events/alb-post.json' with { type: 'json' };
import customDomainEvent from '../../fixtures/events/apigw-v1-custom-domain.json' with { type: 'json' };
import stageEvent from '../../fixtures/events/apigw-v2-stage.json' with { type: 'json' };
import { eventSources, functionUrl, readResult } from '../../support/events.ts';
import { deploy, functionOfPath } from '../../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const json = { 'content-type': 'application/json' };
const rows = '{"data":{"ndarray":[[1,2.5],[3,4]]}}';
const rowsAnswer = { data: { names: ['t:0', 't:1'], ndarray: JSON.parse('[[1,2.5],[3,4]]') }, meta: {} };
const sources = Object.entries(eventSources);
const identity = () => deploy({ MODEL_NAME: 'Identity' });

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

  test('/ of the health function is /health/status', async () => {
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
      const isPostOnly =
        /\/api\/v(1\.0|0\.1)\/(predictions|feedback)$|\/v2\/.*(infer|route|aggregate|index|load)$/.test(path);
      const isGetOnly = /health|metadata|seldon\.json|metrics|prometheus|docs?$|\/v2|\/v1\/models$/.test(
        path,
      );
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

function errorOf({ body }: { body: string | Uint8Array }): { reason: string; info: string } {
  const { status, error, reason } = JSON.parse(body as string);
  if (error !== undefined) {
    return { reason, info: error };
  }
  expect(status).toMatchObject({ status: 1, code: -1 });
  return { reason: status.reason, info: status.info };
}
