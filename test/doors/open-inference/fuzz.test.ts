import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { json as anyJson, damagedText } from '../../support/arbitraries.ts';
import { type Deployment, deploy } from '../../support/functions.ts';
import {
  damagedBytes,
  element,
  expectTensors,
  listsOf,
  or,
  type Sent,
  senderTo,
} from '../../support/tensor-fuzz.ts';

const MODEL_DIR = new URL('../../models/peers', import.meta.url).pathname;
const LENGTH = 'inference-header-content-length';

let functions: Deployment;

/** It gives back what it gets and never fails, so no answer may be 500. */
beforeAll(() => {
  functions = deploy({ MODEL_DIR, MODEL_NAME: 'Identity', MODEL_METADATA: '{"name":"m"}' });
});

afterAll(() => vi.unstubAllEnvs());

const post = senderTo(() => functions, '/v2/models/m/infer');
const expectAnswer = async (sent: Sent) =>
  expectTensors(await post(sent), /^application\/(json|octet-stream)$/);

const DATATYPES = ['BOOL', 'UINT8', 'INT64', 'UINT64', 'FP16', 'BF16', 'FP32', 'FP64', 'BYTES'];

const length = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }) },
  fc.constantFrom(-1, -2, 1.5, 2 ** 31, 2 ** 53, 1e308, null, '2'),
);
const data = listsOf(element);
const parameters = fc.record(
  {
    binary_data_size: or(fc.constantFrom(0, 1, 4, 8, -1, 2 ** 40, 0.5)),
    binary_data: or(fc.boolean()),
    binary_data_output: or(fc.boolean()),
    classification: or(fc.constantFrom(1, 2, 2 ** 40, 0, -1)),
    content_type: or(fc.constantFrom('np', 'str', 'base64', 'pd', 'datetime', 'json', '')),
    sequence_id: or(fc.integer()),
  },
  { requiredKeys: [] },
);
const tensor = fc.record(
  {
    name: or(fc.constantFrom('x', 'y', '', '__proto__', 'constructor')),
    shape: or(fc.array(length, { maxLength: 4 })),
    datatype: or(fc.constantFrom(...DATATYPES)),
    data: or(data),
    parameters: or(parameters),
  },
  { requiredKeys: [] },
);
const request = fc.record(
  {
    id: or(fc.constantFrom('1', '', null)),
    parameters: or(parameters),
    inputs: or(fc.array(tensor, { maxLength: 3 })),
    outputs: or(
      fc.array(
        fc.record({ name: fc.constantFrom('x', 'y', ''), parameters: or(parameters) }, { requiredKeys: [] }),
        { maxLength: 3 },
      ),
    ),
  },
  { requiredKeys: ['inputs'] },
);

describe('any request is answered, or refused with what is wrong', () => {
  test('JSON of all kinds', async () => {
    const bodies = fc.oneof(
      request.map((each) => JSON.stringify(each)),
      damagedText(request),
      anyJson.map((each) => JSON.stringify(each)),
    );
    await fc.assert(
      fc.asyncProperty(bodies, fc.boolean(), async (body, isRest) => expectAnswer({ body, isRest })),
      { numRuns: 500 },
    );
  });

  test('bytes behind JSON, and headers that lie', async () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const binary = fc
      .tuple(
        request,
        bytes,
        fc.integer({ min: -3, max: 3 }),
        fc.constantFrom(undefined, '', '0', '-1', '1e3', '0x10', '9'.repeat(30), '10, 10', 'many', ' 5 '),
      )
      .map(([each, behind, off, word]) => {
        const json = Buffer.from(JSON.stringify(each));
        const said = word ?? `${json.length + (off === 3 ? 0 : off)}`;
        return { body: Buffer.concat([json, behind]), headers: { [LENGTH]: said } };
      });
    await fc.assert(
      fc.asyncProperty(
        binary,
        fc.constantFrom(undefined, 'application/json', 'application/octet-stream', 'text/plain'),
        fc.boolean(),
        async ({ body, headers }, type, isRest) =>
          expectAnswer({ body, headers: { ...headers, ...(type && { 'content-type': type }) }, isRest }),
      ),
      { numRuns: 500 },
    );
  });

  test('letters that are not UTF-8, and damaged compression', async () => {
    await fc.assert(
      fc.asyncProperty(damagedBytes(request), fc.boolean(), async (sent, isRest) =>
        expectAnswer({ ...sent, isRest }),
      ),
      { numRuns: 200 },
    );
  });

  test('any path below /v2', async () => {
    const segment = fc.constantFrom(
      'models',
      'm',
      'versions',
      '1',
      'infer',
      'ready',
      'health',
      'live',
      '%',
      '',
    );
    const paths = fc.array(segment, { maxLength: 6 }).map((words) => ['/v2', ...words].join('/'));
    await fc.assert(
      fc.asyncProperty(paths, fc.boolean(), async (path, isRest) =>
        expectAnswer({ path, body: '{"inputs":[]}', isRest }),
      ),
      { numRuns: 200 },
    );
  });
});

describe('a request takes time and memory in proportion to its bytes', () => {
  const one = (fields: object) =>
    JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1], ...fields }] });

  // With quadratic time, each of these takes minutes: the test's limit of time would end it.
  test.each([
    ['a shape of billions', one({ shape: [4_194_304, 4_194_304] })],
    [
      'a shape of billions of bytes',
      one({ shape: [2 ** 31], parameters: { binary_data_size: 2 ** 33 }, data: undefined }),
    ],
    ['an empty shape of billions', one({ shape: [0, Number.MAX_SAFE_INTEGER], data: [] })],
    ['a shape of many axes', one({ shape: Array.from({ length: 40_000 }, () => 1) })],
    ['lists in lists', `{"inputs":${'['.repeat(500_000)}`],
    [
      'data in lists in lists',
      `{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":${'['.repeat(200_000)}1${']'.repeat(200_000)}}]}`,
    ],
    ['many empty lists', one({ data: Array.from({ length: 300_000 }, () => []) })],
    [
      'a long number',
      `{"inputs":[{"name":"x","datatype":"INT64","shape":[1],"data":[${'9'.repeat(400_000)}]}]}`,
    ],
    ['a long text for a number', one({ data: [`${'1'.repeat(400_000)}x`] })],
    ['a long name', one({ name: 'x'.repeat(2_000_000) })],
    ['a long datatype', one({ datatype: 'FP32'.repeat(300_000) })],
  ])('%s', async (_what, body) => {
    await expectAnswer({ body, isRest: true });
    await expectAnswer({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } });
  });

  test('many inputs, asked for one by one', async () => {
    const names = Array.from({ length: 40_000 }, (_, index) => `x${index}`);
    const inputs = names.map((name) => ({ name, datatype: 'INT8', shape: [1], data: [1] }));
    const outputs = names.toReversed().map((name) => ({ name }));
    const { status, text: body } = await post({
      body: JSON.stringify({ inputs, outputs }),
      headers: { 'accept-encoding': 'gzip' },
    });
    expect([status, status === 200 ? '' : body]).toEqual([200, '']);
  });

  test('many columns', async () => {
    const inputs = Array.from({ length: 20_000 }, (_, index) => ({
      name: `x${index}`,
      datatype: 'INT8',
      shape: [2],
      data: [1, 2],
    }));
    await expectAnswer({ body: JSON.stringify({ parameters: { content_type: 'pd' }, inputs }) });
  });

  test('an output that is asked for many times is refused, or answered once', async () => {
    const data = Array.from({ length: 100_000 }, (_, index) => index);
    const inputs = [{ name: 'x', datatype: 'INT32', shape: [100_000], data }];
    const outputs = Array.from({ length: 50_000 }, () => ({ name: 'x' }));
    await expectAnswer({ body: JSON.stringify({ inputs, outputs }) });
  });

  test('a compressed body that grows without an end', async () => {
    const body = gzipSync(Buffer.alloc(200_000_000, '[],'));
    const { status } = await post({ body, headers: { 'content-encoding': 'gzip' } });
    expect(status).toBe(413);
  });
});
