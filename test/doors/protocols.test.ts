import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { apiGatewayV1, apiGatewayV2, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';

const INDEX = '../../src/runtime/protocols/index.ts';

let functions: Deployment;

beforeAll(() => {
  functions = deploy({ MODEL_NAME: 'Identity' });
  // One line in the index, as anybody would write it.
  vi.doMock(INDEX, async () => {
    const { createProtocols } = await import('../../src/runtime/protocols/protocols.ts');
    const { seldonUnless } = await import('../../src/runtime/protocols/seldon/seldon.ts');
    const { toy } = await import('../support/toy-protocol.ts');
    return { protocols: createProtocols([toy], seldonUnless) };
  });
});

afterAll(() => {
  vi.doUnmock(INDEX);
  vi.unstubAllEnvs();
});

async function call(
  name: string,
  path: string,
  { method = 'POST', body = new Uint8Array(), source = apiGatewayV2 } = {},
) {
  const result = readResult(await functions.invoke(name, source({ method, path, body })));
  return { ...result, text: Buffer.from(result.body ?? '').toString() };
}

const doubles = (...numbers: number[]) => new Uint8Array(Float64Array.from(numbers).buffer);

describe('a second wire protocol: one file, one line in the index', () => {
  test('reads its own bytes, and answers with bytes, headers and a status of its own', async () => {
    const { status, headers, body } = await call('predict', '/stage/toy/iris%2F1/call', {
      body: doubles(1.5, -0, Number.NaN),
    });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ 'content-type': 'application/x-toy', 'x-toy-model': 'iris/1' });
    expect(new Float64Array(Uint8Array.from(body as Uint8Array).buffer)).toEqual(
      Float64Array.of(1.5, -0, Number.NaN),
    );
  });

  test.each([
    ['a body that cannot be read', 'predict', '/toy/iris/call', 'POST', 400, 'expected doubles, got 0 bytes'],
    [
      'a path that does not exist',
      'predict',
      '/toy/iris/nowhere',
      'POST',
      404,
      '/toy/iris/nowhere does not exist',
    ],
    [
      'a method that is not allowed',
      'predict',
      '/toy/iris/call',
      'GET',
      405,
      'GET /toy/iris/call is not allowed',
    ],
    ['a path of no function', 'not-found', '/toy/x', 'GET', 404, '/toy/x does not exist'],
  ])('has its own form for errors: %s', async (_what, name, path, method, status, text) => {
    const answer = await call(name, path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ 'content-type': 'text/x-toy', 'x-toy-status': String(status) });
    expect(answer.text).toContain(`toy says no: ${text}`);
  });

  test('is asked for liveness and metadata', async () => {
    expect(await call('ping', '/toy/live', { method: 'GET' })).toMatchObject({
      status: 200,
      text: 'alive',
    });
    const { text } = await call('metadata', '/toy/iris', { method: 'GET' });
    expect(JSON.parse(text)).toEqual({ is: 'iris', versions: [''] });
  });

  test('is counted as a call of an API client, where it says so', async () => {
    await call('predict', '/toy/iris/call', { body: doubles(1) });
    const { text } = await call('metrics', '/metrics', { method: 'GET' });
    expect(text).toMatch(/seldon_api_executor_server_requests_seconds_count\{[^}]*service="predictions"/);
  });

  test.each([apiGatewayV1, apiGatewayV2])(
    "leaves Seldon's calls, paths and errors as they are",
    async (source) => {
      const body = Buffer.from('{"data":{"ndarray":[[1,2]]}}');
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'POST', path: '/predict', headers, body: body.toString() };
      const answer = readResult(await functions.invoke('predict', source(request)));
      expect(JSON.parse(answer.body as string)).toMatchObject({ data: { ndarray: [[1, 2]] } });
      const wrong = readResult(await functions.invoke('predict', source({ ...request, body: '{}' })));
      expect(JSON.parse(wrong.body as string)).toMatchObject({ status: { reason: 'MICROSERVICE_BAD_DATA' } });
      expect((await call('ping', '/health/ping', { method: 'GET', source })).text).toBe('pong');
    },
  );
});

test('exactly one protocol matches a request, and no two have the same path', async () => {
  const { createProtocols } = await import('../../src/runtime/protocols/protocols.ts');
  const { seldonUnless } = await import('../../src/runtime/protocols/seldon/seldon.ts');
  const { toy } = await import('../support/toy-protocol.ts');
  const { protocols } = (await vi.importActual(INDEX)) as { protocols: ReturnType<typeof createProtocols> };
  for (const { all } of [protocols, createProtocols([toy], seldonUnless)]) {
    const paths = all.flatMap((protocol) =>
      Object.values(protocol.paths).flatMap((routes) => Object.keys(routes)),
    );
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of [...paths, '', '/', '/predict/x', '/toy/', '/toy']) {
      const request = { method: 'POST', path, query: {}, headers: {} };
      expect(all.filter((protocol) => protocol.matches(request))).toHaveLength(1);
    }
  }
});
