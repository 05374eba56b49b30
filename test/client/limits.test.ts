import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type Client, client } from '../../src/client/index.ts';
import { closeHosts, host } from '../support/hosts.ts';

afterAll(closeHosts);

const GOOD = JSON.stringify({ data: { tensor: { shape: [3], values: [1, 2, 3] } } });

/** Something that a test waits for. */
function event(): { readonly happened: Promise<void>; happen(): void } {
  let happen = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen };
}

/** A host that never ends an answer, and events that tell how far it is. */
async function endless(begin: (response: ServerResponse) => unknown) {
  const [asked, closed, answered] = [event(), event(), event()];
  const { url, received } = await host((_request, response) => {
    response.on('close', closed.happen);
    begin(response);
    asked.happen();
  });
  const noting: typeof fetch = async (...args) => {
    const response = await fetch(...args);
    answered.happen();
    return response;
  };
  return { url, received, fetch: noting, asked, answered, closed };
}

describe('a call that takes too long ends', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** The error of a call whose time is over as soon as `begun` resolves. */
  async function lateAfter(begun: Promise<void>, call: () => Promise<unknown>): Promise<unknown> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const error = call().catch((reason) => reason);
    await begun;
    vi.advanceTimersByTime(60_000);
    return error;
  }

  test('when nothing comes', async () => {
    const { url, asked, closed } = await endless(() => {});
    expect(await lateAfter(asked.happened, () => client(url).predict([1]))).toMatchObject({
      name: 'SeldonClientError',
      message: `POST ${url}/predict: nothing came within 60000 ms`,
      status: undefined,
      tries: 1,
      cause: { name: 'TimeoutError' },
    });
    await closed.happened;
  });

  test('when the answer has no end', async () => {
    const { url, fetch, answered, closed } = await endless((response) => response.write('{'));
    expect(await lateAfter(answered.happened, () => client(url, { fetch }).predict([1]))).toMatchObject({
      message: `POST ${url}/predict: the answer did not end within 60000 ms`,
    });
    await closed.happened;
  });

  test('when there are no credentials', async () => {
    const { happened, happen } = event();
    const token = () => {
      happen();
      return new Promise<string>(() => {});
    };
    const { url, received } = await host(() => {});
    expect(await lateAfter(happened, () => client(url, { token }).predict([1]))).toMatchObject({
      message: `POST ${url}/predict: there were no credentials within 60000 ms`,
    });
    expect(received).toEqual([]);
  });
});

describe('a call that is aborted rejects with the reason, and the host sees its end', () => {
  /** Starts a call, aborts it when `begun` resolves, and looks that nothing is left behind. */
  async function abort(model: Client, begun: Promise<void>): Promise<void> {
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    const call = model.predict([1], { signal: controller.signal });
    const rejected = expect(call).rejects.toBe(reason);
    await begun;
    controller.abort(reason);
    await rejected;
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  }

  test('before it begins', async () => {
    const { url, received } = await host(() => {});
    const call = client(url).predict([1], { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(received).toEqual([]);
  });

  test('before the answer', async () => {
    const { url, asked, closed } = await endless(() => {});
    await abort(client(url), asked.happened);
    await closed.happened;
  });

  test('within the answer', async () => {
    const { url, fetch, answered, closed } = await endless((response) => response.write('{'));
    await abort(client(url, { fetch }), answered.happened);
    await closed.happened;
  });

  test('between two tries', async () => {
    const { happened, happen } = event();
    const { setTimeout: set } = globalThis;
    let pause: NodeJS.Timeout | undefined;
    const timers = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms: number) => {
      const timer = set(run, ms);
      if (ms === 50_000) {
        pause = timer;
        happen();
      }
      return timer;
    }) as typeof set);
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    const { url, received } = await endless((response) =>
      response.writeHead(503, { 'retry-after': '50' }).end(),
    );
    await abort(client(url), happened);
    timers.mockRestore();
    expect(cleared).toHaveBeenCalledWith(pause);
    expect(received).toHaveLength(1);
  });

  test('while it waits for credentials', async () => {
    const { happened, happen } = event();
    const { url } = await host(() => {});
    const token = () => {
      happen();
      return new Promise<string>(() => {});
    };
    await abort(client(url, { token }), happened);
  });
});

test('an answer is decompressed, and its size is limited', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000, ' '));
  const { url, received } = await host(({ path }, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(path === '/predict' ? gzipSync(GOOD) : bomb);
  });
  const model = client(url, { maxBytes: 1e6 });
  expect((await model.predict([1])).array.data).toEqual(new Float64Array([1, 2, 3]));
  expect(received[0]?.headers['accept-encoding']).toContain('gzip');
  await expect(model.route([1])).rejects.toThrow(`POST ${url}/route: the answer has more than 1 MB`);
  expect(received).toHaveLength(2);
});

test('text is put together from pieces that divide a character', async () => {
  const bytes = new TextEncoder().encode('{"strData":"🌷"}');
  const pieces = async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(bytes.subarray(0, 14));
          controller.enqueue(bytes.subarray(14));
          controller.close();
        },
      }),
    );
  expect((await client('http://any.example', { fetch: pieces }).predict([1])).strData).toBe('🌷');
});
