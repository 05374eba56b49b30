import { createContext, runInContext } from 'node:vm';
import { beforeAll, expect, test } from 'vitest';
import { bundleClient } from '../support/browser-client.ts';

/**
 * Kilobytes of minified code, at most, that a page loads for what it imports. Each client without the other:
 * what reads tensors is no part of that of Seldon's protocol.
 */
const BUDGETS: readonly (readonly [kilobytes: number, names: readonly string[]])[] = [
  [32.2, ['client', 'SeldonClientError']],
  [38, ['inferenceClient', 'SeldonClientError']],
  [46.2, []],
];

let code: string;
let imports: readonly string[];

beforeAll(async () => {
  ({ code, imports } = await bundleClient());
});

test('the client is one file for browsers, with nothing of Node', () => {
  expect(imports).toEqual([]);
  expect(code).not.toMatch(/node:|\b(Buffer|process|require|__dirname)\b/);
});

test.each(BUDGETS)('a page loads at most %d kB for %j', async (kilobytes, names) => {
  const taken = await bundleClient(...names);
  expect(taken.code.length).toBeLessThanOrEqual(1000 * kilobytes);
  expect(taken.code.includes('binary_data_size')).toBe(!names.includes('client'));
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

test('it sends and reads tensors where there is nothing but what a browser has', async () => {
  const bodies: Uint8Array[] = [];
  const answer = async (_url: string, { body }: { body: Uint8Array }) => {
    bodies.push(body);
    const output = { name: 'y', datatype: 'FP32', shape: [2], parameters: { binary_data_size: 8 } };
    const json = JSON.stringify({ outputs: [output] });
    const headers = { 'inference-header-content-length': `${json.length}` };
    return new Response(Buffer.concat([Buffer.from(json), new Uint8Array(Float32Array.of(1, 0.5).buffer)]), {
      headers,
    });
  };
  const page = { ...WEB, performance, setTimeout, clearTimeout, fetch: answer };
  const context = createContext(page);
  runInContext(code, context);
  const data = await runInContext(
    `(async () => {
      const model = seldon.inferenceClient('http://a', { binary: true });
      const answer = await model.infer('m', [{ name: 'x', data: ['ü'] }]);
      return answer.output().data.join();
    })()`,
    context,
  );
  expect(data).toBe('1,0.5');
  expect([...(bodies[0] as Uint8Array)].slice(-6)).toEqual([2, 0, 0, 0, 0xc3, 0xbc]);
});

test('a page that did not come by https is told that it cannot sign', () => {
  const insecure = createContext({ ...WEB, crypto: { getRandomValues: () => {} } });
  runInContext(code, insecure);
  const open = `seldon.client('http://a', { sigv4: { region: 'r', credentials: {} } })`;
  expect(() => runInContext(open, insecure)).toThrow('sigv4: this page cannot sign, because its address');
});
