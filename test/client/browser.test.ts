import { createContext, runInContext } from 'node:vm';
import { beforeAll, expect, test } from 'vitest';
import { bundleClient } from '../support/browser-client.ts';

/** Kilobytes of minified code, at most, that a page loads for the whole client. */
const BUDGET = 31.5;

let code: string;
let imports: readonly string[];

beforeAll(async () => {
  ({ code, imports } = await bundleClient());
});

test('the client is one file for browsers, with nothing of Node', () => {
  expect(imports).toEqual([]);
  expect(code).not.toMatch(/node:|\b(Buffer|process|require|__dirname)\b/);
  expect(code.length).toBeLessThanOrEqual(1000 * BUDGET);
});

/** Only what a browser has, beside the language itself. */
const WEB = {
  fetch,
  Headers,
  Response,
  URL,
  TextDecoder,
  TextEncoder,
  AbortController,
  DOMException,
  atob,
  btoa,
};

test('it calls, signs and reads where there is nothing but what a browser has', async () => {
  const requests: { url: string; init: RequestInit }[] = [];
  const answer = async (url: string, init: RequestInit) => {
    requests.push({ url, init });
    return new Response('{"data":{"names":["a"],"tensor":{"shape":[1,1],"values":[9007199254740993]}}}');
  };
  const page = { ...WEB, crypto, performance, setTimeout, clearTimeout, fetch: answer };
  const location = { href: 'https://abc.execute-api.eu-west-1.amazonaws.com/dev/docs' };
  const context = createContext({ ...page, location });
  runInContext(code, context);
  const { data, names } = (await runInContext(
    `(async () => {
      const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
      const model = seldon.client('/dev', { sigv4: { credentials } });
      await model.feedback({ reward: 1 });
      const { array } = await model.predict({ binData: new Uint8Array([1, 2]) });
      return { data: String(array.data), names: array.names.join() };
    })()`,
    context,
  )) as { data: string; names: string };
  expect({ data, names }).toEqual({ data: '9007199254740993', names: 'a' });
  expect(requests.map(({ url }) => new URL(url).pathname)).toEqual(['/dev/send-feedback', '/dev/predict']);
  expect(requests[0]?.init.headers).toMatchObject({
    authorization: expect.stringContaining(
      '/eu-west-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date',
    ),
    'idempotency-key': expect.stringMatching(/^[\da-f]{32}$/),
  });
  expect(requests[1]?.init.body).toBe('{"binData":"AQI="}');
});

test('a page that did not come by https is told that it cannot sign', () => {
  const insecure = createContext({ ...WEB, crypto: { getRandomValues: () => {} } });
  runInContext(code, insecure);
  const open = `seldon.client('http://a', { sigv4: { region: 'r', credentials: {} } })`;
  expect(() => runInContext(open, insecure)).toThrow('sigv4: this page cannot sign, because its address');
});
