import { afterEach, describe, expect, test, vi } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { deploy } from '../../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const identity = () => deploy({ MODEL_NAME: 'Identity' });

describe('a direct invocation', () => {
  test('without an event is answered that there is no message', async () => {
    expect(await failureOf(identity().invoke('predict', undefined))).toEqual({
      name: 'MICROSERVICE_BAD_DATA',
      message: "Can't find JSON in data: there is no message",
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
      MODEL_DIR: new URL('../../models/lifecycle/', import.meta.url).pathname,
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
