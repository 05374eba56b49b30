import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Deployment, deploy } from '../../support/functions.ts';
import { senderTo } from '../../support/tensor-fuzz.ts';

const MODEL_DIR = new URL('../../models/lifecycle', import.meta.url).pathname;
const ONE = '{"instances":[[1,2]]}';

let functions: Deployment;

beforeAll(() => {
  functions = deploy({
    MODEL_DIR,
    MODEL_NAME: 'Everything',
    MODEL_METADATA: '{"name":"m","versions":["1"]}',
  });
});

afterAll(() => vi.unstubAllEnvs());

const send = senderTo(() => functions, '/v1/models/m:predict');

describe.each([false, true])('a call, through a REST API: %s', (isRest) => {
  test.each([
    '/v1/models/m:predict',
    '/v1/models/m:predict/',
    '/v1/models/m%3Apredict',
    '/v1/models/m%3apredict',
    '/v1/models/m/versions/1:predict',
    '/v1/models/m/versions/1%3Apredict/',
  ])('%s is answered', async (path) => {
    const { status, text } = await send({ path, body: ONE, isRest });
    expect([status, text]).toEqual([200, '{"predictions":[[1,2]]}']);
  });

  test.each([
    ['/v1/models/m', '/v1/models/m does not exist; a call ends in :predict'],
    ['/v1/models/m:classify', '/v1/models/m:classify does not exist; a call ends in'],
    ['/v1/models/m:Predict', '/v1/models/m:Predict does not exist; a call ends in'],
    ['/v1/models/n:predict', 'model "n" does not exist; this one is m'],
    ['/v1/models/m/versions/2:predict', 'version "2" of the model does not exist; expected 1'],
  ])('%s is not found', async (path, error) => {
    const { status, text } = await send({ path, body: ONE, isRest });
    expect(status).toBe(404);
    expect(JSON.parse(text).error).toContain(error);
  });
});

test('null is as good as nothing', async () => {
  const answered = async (body: string) => {
    const { status, text } = await send({ body });
    return [status, JSON.parse(text)];
  };
  expect(await answered('{"instances":[1],"inputs":null}')).toEqual([200, { predictions: [1] }]);
  expect(await answered('{"instances":null,"inputs":[1]}')).toEqual([200, { outputs: [1] }]);
  for (const body of ['{"instances":null}', '{"inputs":null}', '{}']) {
    expect(await answered(body)).toEqual([
      400,
      { error: 'the request: expected instances or inputs', reason: 'MICROSERVICE_BAD_DATA' },
    ]);
  }
});

test.each([
  [{ instances: [{ b64: 'YQ==' }, { b64: '!' }] }, 'instances[1].b64'],
  [{ instances: [[{ b64: 'YQ==' }], [{ b64: 'a' }]] }, 'instances[1][0].b64'],
  [{ instances: [{ x: 1 }, { x: { b64: '!' } }] }, 'instances[1].x.b64'],
  [{ instances: [{ 'x[]': [1, { b64: '!' }] }] }, 'instances[0].x[][1].b64'],
  [{ inputs: { b64: '!' } }, 'inputs.b64'],
  [{ inputs: { x: [0, [{ b64: '!' }]] } }, 'inputs.x[1][0].b64'],
])('what is no base64 is named by its place: %j', async (body, place) => {
  const { status, text } = await send({ body: JSON.stringify(body) });
  expect([status, JSON.parse(text).error]).toEqual([
    400,
    expect.stringContaining(`${place}: expected base64, got`),
  ]);
});
