import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { apiGatewayV2, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';

const INDEX = '../../src/runtime/lambda/events/index.ts';

let functions: Deployment;

beforeAll(() => {
  functions = deploy({ MODEL_NAME: 'Identity' });
  // One line in the index, as anybody would write it.
  vi.doMock(INDEX, async (importOriginal) => {
    const { adapterFor } =
      (await importOriginal()) as typeof import('../../src/runtime/lambda/events/index.ts');
    const { toyQueue } = await import('../support/toy-queue.ts');
    return { adapterFor: (event: unknown) => (toyQueue.matches(event) ? toyQueue : adapterFor(event)) };
  });
});

afterAll(() => {
  vi.doUnmock(INDEX);
  vi.unstubAllEnvs();
});

const record = (messageId: string, body: string) => ({ messageId, body });

test('an event of several records is one request each, in order; one that fails does not stop the others', async () => {
  const Records = [
    record('a', '{"data":{"ndarray":[[1]]}}'),
    record('b', '{"data":'),
    record('c', '{"data":{"ndarray":[[3]]}}'),
  ];
  const result = await functions.invoke('predict', { Records });
  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
  expect(await functions.invoke('predict', { Records: [] })).toEqual({ batchItemFailures: [] });
});

test('other event sources are served as before', async () => {
  const event = apiGatewayV2({ method: 'POST', path: '/predict', body: '{"strData":"x"}' });
  expect(readResult(await functions.invoke('predict', event)).status).toBe(200);
});
