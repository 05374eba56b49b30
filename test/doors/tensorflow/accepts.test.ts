import { afterAll, expect, test, vi } from 'vitest';
import { callV2, deployV2 } from '../../support/open-inference.ts';

afterAll(() => vi.unstubAllEnvs());

const predict = async (model: string, body: unknown) => {
  const { status, json } = await callV2(deployV2(model), `/v1/models/${model}:predict`, { body });
  return [status, json];
};

test.each<[string, object, unknown]>([
  ['TextOnly', { instances: ['a'] }, ['A']],
  ['TextOnly', { instances: [{ b64: 'AAH/' }] }, [{ b64: '/wEA' }]],
  ['TextOrJson', { instances: ['a'] }, ['a, a string']],
  ['TextOrJson', { instances: [{ a: 1 }] }, ['[{"a":1}], an object']],
  ['TextOrJson', { instances: ['a', 'b'] }, ['["a","b"], an object']],
  ['TextOrJson', { instances: [[1, 2]] }, ['[[1,2]], an object']],
])('%s gets of the payloads that it takes the first that %j is', async (model, body, predictions) => {
  expect(await predict(model, body)).toEqual([200, { predictions }]);
});

test.each<[string, object]>([
  ['TextOnly', { instances: [1] }],
  ['TextOnly', { instances: ['a', 'b'] }],
  ['StrData', { instances: [{ b64: 'AAH/' }] }],
])('%s does not take %j', async (model, body) => {
  const error = 'instances: the model takes one text';
  expect(await predict(model, body)).toEqual([400, { error, reason: 'MICROSERVICE_BAD_DATA' }]);
});
