import { afterEach, describe, expect, test, vi } from 'vitest';
import type { TestRequest } from '../support/events.ts';
import { ask, deployTold, REQUESTS } from '../support/told.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const MUST_RETURN = ['predict', 'transformInput', 'transformOutput', 'route', 'aggregate'];
const requestOf = (method: string) => REQUESTS[method.replace('Raw', '')] as TestRequest;

function failure(method: string) {
  return {
    status: 500,
    message: {
      status: {
        reason: 'MICROSERVICE_INTERNAL_ERROR',
        info: `${method} returned undefined; expected a value: is there a return statement missing?`,
      },
    },
  };
}

describe('a method without a return statement', () => {
  test.each(MUST_RETURN)('%s is answered 500 saying so', async (method) => {
    const functions = deployTold(() => undefined);
    expect(await ask(functions, requestOf(method))).toMatchObject(failure(method));
  });

  test.each(MUST_RETURN.map((method) => `${method}Raw`))('%s is answered 500 saying so', async (method) => {
    const functions = deployTold(() => undefined, 'ToldRaw');
    expect(await ask(functions, requestOf(method))).toMatchObject(failure(method));
  });

  test('is also found in an async one, in a SeldonResponse, and in a body that is passed through', async () => {
    expect(
      await ask(
        deployTold(async () => undefined),
        requestOf('predict'),
      ),
    ).toMatchObject(failure('predict'));
    const functions = deployTold(() => undefined);
    const { SeldonResponse } = await import('seldon-lambda');
    vi.stubGlobal('told', () => new SeldonResponse(undefined));
    expect(await ask(functions, requestOf('route'))).toMatchObject(failure('route'));
    const passing = deployTold(() => undefined, 'ToldRaw', { PAYLOAD_PASSTHROUGH: 'true' });
    expect(await ask(passing, requestOf('predict'))).toMatchObject(failure('predictRaw'));
  });

  test.each(['sendFeedback', 'healthStatus'])('%s needs none', async (method) => {
    expect(
      (
        await ask(
          deployTold(() => undefined),
          requestOf(method),
        )
      ).status,
    ).toBe(200);
    expect(
      (
        await ask(
          deployTold(() => undefined, 'ToldRaw'),
          requestOf(method),
        )
      ).status,
    ).toBe(200);
  });

  test('is another thing than null, which keeps the answer of the reference', async () => {
    const { status, message } = await ask(
      deployTold(() => null),
      requestOf('predict'),
    );
    expect(status).toBe(400);
    expect(message.status.info).toMatch(/^Unknown data type returned as payload .*:None$/);
  });
});

describe('healthStatus', () => {
  const request = requestOf('healthStatus');

  test.each([
    ['nothing', undefined],
    ['true', true],
  ])('that returns %s is healthy', async (_what, returned) => {
    const { status, message } = await ask(
      deployTold(() => returned),
      request,
    );
    expect([status, message]).toEqual([200, { strData: 'healthy', meta: {} }]);
  });

  test.each([
    ['false', () => false],
    ['false, later', async () => false],
  ])('that returns %s is answered 503', async (_what, check) => {
    const { status, message } = await ask(deployTold(check), request);
    expect([status, message.status.info]).toEqual([503, 'healthStatus returned false']);
  });

  test('that throws is answered 503', async () => {
    const fail = () => {
      throw new Error('no disk');
    };
    expect(await ask(deployTold(fail), request)).toMatchObject({
      status: 503,
      message: { status: { info: 'no disk' } },
    });
  });
});

describe('a class with both names of a raw method', () => {
  test('calls the one that is implemented', async () => {
    const calls: string[] = [];
    const functions = deployTold(() => undefined, 'ToldRaw');
    const { SeldonNotImplementedError } = await import('seldon-lambda');
    vi.stubGlobal('told', (method: string) => {
      calls.push(method);
      if (method === 'predictRaw') {
        throw new SeldonNotImplementedError('not this one');
      }
      return { strData: method };
    });
    const { message } = await ask(functions, requestOf('predict'));
    expect(message).toEqual({ strData: 'predictRest' });
    expect(calls).toEqual(['predictRaw', 'predictRest']);
  });

  test('calls the plain method when neither is implemented', async () => {
    const functions = deployTold(() => undefined, 'ToldRaw');
    const { SeldonNotImplementedError } = await import('seldon-lambda');
    vi.stubGlobal('told', (method: string) => {
      if (method !== 'predict') {
        throw new SeldonNotImplementedError('not this one');
      }
      return method;
    });
    expect((await ask(functions, requestOf('predict'))).message).toEqual({ strData: 'predict', meta: {} });
  });
});
