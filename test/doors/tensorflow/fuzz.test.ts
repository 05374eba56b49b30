import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { json as anyJson, text as anyText, damagedText } from '../../support/arbitraries.ts';
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

const MODEL_DIR = new URL('../../models/lifecycle', import.meta.url).pathname;

let functions: Deployment;

/** It has every method, answers what it gets and never fails, so no answer may be 500. */
beforeAll(() => {
  functions = deploy({ MODEL_DIR, MODEL_NAME: 'Everything', MODEL_METADATA: '{"name":"m"}' });
});

afterAll(() => vi.unstubAllEnvs());

const send = senderTo(() => functions, '/v1/models/m:predict');
const EVENT_TYPE = 'application/cloudevents+json';
const expectAnswer = async (sent: Sent) =>
  expectTensors(await send(sent), /^application\/(cloudevents\+)?json$/);

const value = fc.oneof(
  { weight: 4, arbitrary: element },
  fc.constantFrom<unknown>({ b64: 'YQ==' }, { b64: '' }, { b64: '!' }, { b64: 1 }, { b64: 'YQ==', x: 1 }, {}),
);
const lists = listsOf(value);
const named = fc.dictionary(
  fc.constantFrom('x', 'y', '', '__proto__', 'constructor', 'b64', 'length'),
  fc.oneof(value, lists),
  { maxKeys: 3 },
);
const values = fc.oneof(
  lists,
  named,
  fc.array(named, { maxLength: 4 }),
  fc.array(or(named), { maxLength: 4 }),
);
const request = fc.record(
  {
    signature_name: or(fc.constantFrom('serving_default', '', null)),
    instances: or(values),
    inputs: or(values),
  },
  { requiredKeys: [] },
);
const answers = fc.array(fc.record({ predictions: or(values), outputs: or(values) }, { requiredKeys: [] }), {
  maxLength: 3,
});
const bodies = fc.oneof(
  { weight: 4, arbitrary: request.map((each) => JSON.stringify(each)) },
  { weight: 2, arbitrary: damagedText(request) },
  anyJson.map((each) => JSON.stringify(each)),
  answers.map((each) => JSON.stringify(each)),
);

describe('any request is answered, or refused with what is wrong', () => {
  test.each([':predict', ':route', ':aggregate'])('JSON of all kinds: %s', async (verb) => {
    await fc.assert(
      fc.asyncProperty(
        verb === ':aggregate'
          ? fc.oneof(
              answers.map((each) => JSON.stringify(each)),
              bodies,
            )
          : bodies,
        fc.boolean(),
        async (body, isRest) => expectAnswer({ path: `/v1/models/m${verb}`, body, isRest }),
      ),
      { numRuns: verb === ':predict' ? 500 : 200 },
    );
  });

  test('CloudEvents of all kinds, as JSON and as headers', async () => {
    const text = fc.oneof(anyText, fc.constantFrom('1.0', '', '%', '"', '\u0000', 'x'.repeat(2000)));
    const event = fc.record(
      {
        specversion: or(text),
        id: or(text),
        source: or(text),
        type: or(text),
        data: or(request),
        time: or(text),
      },
      { requiredKeys: ['specversion', 'data'] },
    );
    const headers = fc.record(
      {
        'content-type': fc.constantFrom(EVENT_TYPE, `${EVENT_TYPE}; x`, 'x'),
        'ce-specversion': text,
        'ce-id': text,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(event, request), headers, fc.boolean(), async (json, own, isRest) =>
        expectAnswer({ body: JSON.stringify(json), headers: own as Record<string, string>, isRest }),
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

  test('any path below /v1/models, with any method', async () => {
    const segment = fc.constantFrom(
      ...['models', 'm', 'm:predict', 'm:route', ':predict', 'm:classify', 'm:predict:predict'],
      ...['versions', '1', '1:predict', '2', 'metadata', 'labels', '%', '%3Apredict', ''],
    );
    const paths = fc.array(segment, { maxLength: 5 }).map((words) => ['/v1/models', ...words].join('/'));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(paths, fc.constant('/v1/models:predict')),
        fc.constantFrom('GET', 'POST'),
        fc.boolean(),
        async (path, method, isRest) => expectAnswer({ path, method, body: '{"instances":[1]}', isRest }),
      ),
      { numRuns: 300 },
    );
  });
});

describe('a request takes time and memory in proportion to its bytes', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `x${index}`);
  const row = (count: number) => Object.fromEntries(names(count).map((name) => [name, 1]));

  // With quadratic time or memory, each of these takes minutes, or ends the process.
  test.each<[string, string]>([
    [
      'a row with a name too many',
      JSON.stringify({ instances: [row(150_000), { ...row(150_000), more: 1 }] }),
    ],
    ['a row with a name too few', JSON.stringify({ instances: [row(150_000), row(149_999)] })],
    [
      'many names over many empty rows',
      `{"instances":[${JSON.stringify(row(30_000))}${',{}'.repeat(600_000)}]}`,
    ],
    ['many inputs', JSON.stringify({ inputs: row(150_000) })],
    ['many columns', JSON.stringify({ instances: [row(40_000), row(40_000)] })],
    ['inputs of unequal length', JSON.stringify({ inputs: { a: Array(500_000).fill(1), b: [1, 2] } })],
    ['lists in lists', `{"instances":${'['.repeat(500_000)}`],
    ['lists in lists that end', `{"instances":${'['.repeat(200_000)}1${']'.repeat(200_000)}}`],
    ['objects in objects', `{"instances":[${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}]}`],
    ['many empty lists', JSON.stringify({ instances: Array.from({ length: 300_000 }, () => []) })],
    ['many empty rows', `{"instances":[{}${',{}'.repeat(600_000)}]}`],
    ['rows of other kinds', `{"instances":[1${',{"a":1}'.repeat(300_000)}]}`],
    ['lists of unequal length', `{"instances":[[1]${',[1,2],[1]'.repeat(200_000)}]}`],
    ['a long number', `{"instances":[${'9'.repeat(400_000)}]}`],
    ['a long text that is no base64', `{"instances":[{"b64":"${'='.repeat(1_000_000)}"}]}`],
    ['long base64', JSON.stringify({ inputs: { b64: 'YWFh'.repeat(700_000) } })],
    ['much base64', `{"instances":[{"b64":""}${',{"b64":"YQ=="}'.repeat(150_000)}]}`],
    ['base64 in lists', `{"instances":[${'['.repeat(900)}{"b64":"YQ=="}${']'.repeat(900)}]}`],
    ['a long name', JSON.stringify({ inputs: { ['x'.repeat(2_000_000)]: [1] } })],
    ['a long signature', JSON.stringify({ instances: [1], signature_name: { x: 'y'.repeat(2_000_000) } })],
  ])('%s', async (_what, body) => {
    await expectAnswer({ body, isRest: true });
    await expectAnswer({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } });
  });

  // There, lists of numbers are read as any other JSON is.
  test.each([
    ['lists in lists', `${'['.repeat(200_000)}1${']'.repeat(200_000)}`],
    ['objects in objects', `[${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}]`],
    ['many numbers', JSON.stringify(Array(500_000).fill([1, 2]))],
  ])('%s in a CloudEvent', async (_what, instances) => {
    const data = `{"instances":${instances}}`;
    const body = `{"specversion":"1.0","id":"1","source":"s","type":"t","data":${data}}`;
    await expectAnswer({ body, headers: { 'content-type': EVENT_TYPE } });
  });

  test('many answers to combine', async () => {
    const body = JSON.stringify(Array.from({ length: 60_000 }, () => ({ predictions: [1] })));
    await expectAnswer({ path: '/v1/models/m:aggregate', body });
  });

  test('a compressed body that grows without an end', async () => {
    const body = gzipSync(Buffer.alloc(200_000_000, '[],'));
    const { status } = await send({ body, headers: { 'content-encoding': 'gzip' } });
    expect(status).toBe(413);
  });
});
