import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { NdArray } from 'seldon-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { stringify } from '../../src/runtime/json/write-json.ts';
import { toNumberTexts } from '../support/conformance/number-texts.ts';
import { deploy } from '../support/functions.ts';
import { answerTo, post } from '../support/number-answers.ts';

// An integer beyond 2^53 keeps its digits where it is only passed on, and a model gets it as a bigint.

const LONG = 12345678901234567890n;
const MODELS = fileURLToPath(new URL('../models/lifecycle', import.meta.url));
const passing = () => deploy({ MODEL_DIR: MODELS, MODEL_NAME: 'Passes' });

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe('any message is passed on with all digits of its integers', () => {
  const integer = fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40, size: 'max' })
    .chain((digits) => fc.constantFrom(BigInt(digits.join('')), -BigInt(digits.join(''))));
  const scalar = fc.oneof(
    { weight: 4, arbitrary: integer },
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    integer.map(String),
    fc.constantFrom(null, true, 'a "12345678901234567890" \\', '[12345678901234567890]', 'NaN', 1e20),
  );
  const name = fc.constantFrom('a', 'b', '12345678901234567890', 'tensor', 'values', 'ndarray');
  const { json, record } = fc.letrec<{ json: unknown; record: Record<string, unknown> }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(scalar, { maxLength: 5 }),
      fc.array(tie('json'), { maxLength: 3 }),
      tie('record'),
    ),
    record: fc.dictionary(name, tie('json'), { maxKeys: 4 }),
  }));
  const double = fc.double({ noNaN: true, min: -1e15, max: 1e15 });
  const number = fc.oneof({ weight: 3, arbitrary: integer }, double);
  const rows = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(number, integer, scalar))
    .chain(([length, element]) =>
      fc.array(fc.array(element, { minLength: length, maxLength: length }), {
        minLength: 1,
        maxLength: 100,
        size: 'max',
      }),
    );
  const nested = fc.oneof(fc.array(json, { maxLength: 5 }), rows);
  const isFiniteNumber = (value: unknown) => typeof value !== 'number' || Number.isFinite(value);
  const ndarray = nested.filter((list) => list.flat(2).every(isFiniteNumber));
  const meta = fc.record({ puid: fc.oneof(integer, fc.string({ minLength: 1 })), tags: record });
  const runs = { numRuns: 120 };

  test.each(['/predict', '/transform-input', '/transform-output', '/aggregate'])('%s', async (path) => {
    const functions = passing();
    const payload = fc.oneof(fc.record({ data: fc.record({ ndarray }) }), fc.record({ jsonData: record }));
    await fc.assert(
      fc.asyncProperty(payload, meta, fc.boolean(), async (message, { puid, tags }, isPadded) => {
        // A long text is read in another way.
        const padding = isPadded ? { padding: 'x'.repeat(2000) } : {};
        const sent = { ...message, meta: { puid, tags: { ...tags, ...padding } } };
        const answer = await answerTo(functions, path, path === '/aggregate' ? [sent] : sent);
        expect(answer.meta.puid).toEqual(toNumberTexts(puid));
        expect(answer.meta.tags ?? {}).toEqual(toNumberTexts({ ...tags, ...padding }));
        expect(answer.jsonData).toEqual(toNumberTexts('jsonData' in message ? message.jsonData : undefined));
        expect(answer.data?.ndarray).toEqual(
          toNumberTexts('data' in message ? message.data.ndarray : undefined),
        );
      }),
      runs,
    );
  });

  test('/send-feedback', async () => {
    const functions = passing();
    await fc.assert(
      fc.asyncProperty(ndarray, record, async (truth, tags) => {
        fc.pre(truth.length > 0);
        const feedback = {
          request: { data: { ndarray: [[1]] }, meta: { tags } },
          reward: 1,
          truth: { data: { ndarray: truth } },
        };
        const answer = await answerTo(functions, '/send-feedback', feedback);
        expect(answer.data.ndarray).toEqual(toNumberTexts(truth));
      }),
      runs,
    );
  });

  test('a raw method', async () => {
    const functions = deploy({ MODEL_NAME: 'RawEcho' });
    await fc.assert(
      fc.asyncProperty(record, ndarray, meta, async (jsonData, list, more) => {
        const message = { jsonData, data: { ndarray: list }, meta: more };
        expect(await answerTo(functions, '/predict', message)).toEqual(toNumberTexts(message));
      }),
      runs,
    );
  });

  test('a tensor, which is an ndarray if an integer takes more than 64 bits, as in the reference', async () => {
    const functions = passing();
    const values = fc
      .array(number, { minLength: 1, maxLength: 100, size: 'max' })
      .filter((list) => list.every(isFiniteNumber));
    await fc.assert(
      fc.asyncProperty(values, async (list) => {
        const tensor = { shape: [list.length], values: list };
        const { data } = await answerTo(functions, '/predict', { data: { tensor } });
        fc.pre(
          list.every(
            (value) => typeof value === 'number' || `${Number(value)}` !== `${value}` || value < 2n ** 53n,
          ),
        );
        const isHuge = list.some(
          (value) => typeof value === 'bigint' && (value < -(2n ** 63n) || value >= 2n ** 64n),
        );
        const { names: _, ...answered } = data;
        expect(answered).toEqual(toNumberTexts(isHuge ? { ndarray: list } : { tensor }));
      }),
      runs,
    );
  });
});

test.each([
  ['beside NaN', '{"data":{"ndarray":[[NaN,12345678901234567890]]}}', '[["NaN",12345678901234567890]]'],
  [
    'in a form',
    `json=${encodeURIComponent('{"data":{"ndarray":[[9007199254740993]]}}')}`,
    '[[9007199254740993]]',
  ],
  ['with space around', '{"data":{"ndarray":[[ -9007199254740993\n]]}}', '[[-9007199254740993]]'],
  [
    'in a long list',
    `{"data":{"ndarray":[${'7,'.repeat(2000)}9007199254740993]}}`,
    `[${'7,'.repeat(2000)}9007199254740993]`,
  ],
  ['of 4300 digits', `{"data":{"ndarray":[${'9'.repeat(4300)}]}}`, `[${'9'.repeat(4300)}]`],
  [
    'at the bound',
    '{"data":{"ndarray":[9007199254740991,9007199254740992]}}',
    '[9007199254740991,9007199254740992]',
  ],
  [
    'that are floats',
    '{"data":{"ndarray":[1e20,12345678901234567890.5,0.5]}}',
    '[100000000000000000000,12345678901234567000,0.5]',
  ],
  ['that are more than floats', '{"data":{"ndarray":[1e400,-0.0,1.0]}}', '["Infinity",0,1]'],
])('digits %s', async (_where, body, expected) => {
  const headers = {
    'content-type': body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded',
  };
  const answer = await passing().send({ method: 'POST', path: '/predict', headers, body });
  expect(answer.status).toBe(200);
  expect(answer.body).toContain(`"ndarray":${expected}}`);
});

test.each([
  ['a key', '{"data":{"ndarray":[1]},12345678901234567890:1}'],
  ['a key after NaN', '{"data":{"ndarray":[NaN]},12345678901234567890 : 1}'],
  ['NaN as a key', '{"data":{"ndarray":[1]},NaN : 1}'],
  ['a zero before it', '{"data":{"ndarray":[012345678901234567890]}}'],
  ['a letter behind it', '{"data":{"ndarray":[12345678901234567890a]}}'],
  ['two of them', '{"data":{"ndarray":[12345678901234567890 12345678901234567890]}}'],
  ['one of 4301 digits', `{"data":{"ndarray":[${'9'.repeat(4301)}]}}`],
  [
    'one of 4301 digits in a long text',
    `{"a":"${'x'.repeat(2000)}","data":{"ndarray":[-${'9'.repeat(4301)}]}}`,
  ],
])('is not JSON: %s', async (_what, body) => {
  const { status, text } = await post(passing(), '/predict', body);
  expect(status).toBe(400);
  expect(JSON.parse(text).status.info).toMatch(/^Can't find JSON in data: /);
});

test('a long run of digits or escapes in a string is read in no time, and is not a number', async () => {
  const functions = passing();
  for (const part of [' 1', '1234567890123456,', ' 9999999999999999', '\\"', '\\\\', '"",']) {
    const long = part === '"",' ? `[${part.repeat(300_000)}"x"]` : `["${part.repeat(300_000)}"]`;
    const answer = await post(
      functions,
      '/predict',
      `{"data":{"ndarray":[[1]]},"meta":{"puid":${LONG},"tags":{"a":${long}}}}`,
    );
    expect(answer.text.startsWith('{"data":{"names":["t:0"],"ndarray":[[1]]},"meta":{"tags":{"a":')).toBe(
      true,
    );
    expect(answer.text.endsWith(`${long}},"puid":${LONG}}}`)).toBe(true);
  }
});

describe('a model gets', () => {
  async function given(data: string): Promise<NdArray> {
    const seen: unknown[] = [];
    // The model asks for its answer by what it got.
    const get = (X: unknown) => (typeof X === 'object' ? () => [seen.push(X)] : undefined);
    vi.stubGlobal('returns', { get });
    const functions = deploy({ MODEL_DIR: MODELS, MODEL_NAME: 'Returns' });
    const { status, text } = await post(functions, '/predict', `{"data":${data}}`);
    expect(status, text).toBe(200);
    return seen[0] as NdArray;
  }

  test.each([
    ['[[9007199254740993,1]]', 'int64', [[9007199254740993n, 1n]]],
    ['[[18446744073709551615,1]]', 'uint64', [[18446744073709551615n, 1n]]],
    ['[[18446744073709551616,1]]', 'object', [[18446744073709551616n, 1]]],
    ['[[9223372036854775808,-1]]', 'object', [[9223372036854775808n, -1]]],
    ['[[9007199254740993,0.5]]', 'object', [[9007199254740993n, 0.5]]],
    ['[[100000000000000000000,0.5]]', 'float64', [[1e20, 0.5]]],
    ['[[9007199254740991,1]]', 'float64', [[9007199254740991, 1]]],
    ['[[9007199254740993,NaN]]', 'object', [[9007199254740993n, Number.NaN]]],
    ['9007199254740993', 'int64', 9007199254740993n],
  ])('%s as dtype %s', async (list, dtype, nested) => {
    const array = await given(`{"ndarray":${list}}`);
    expect([array.dtype, array.toNested()]).toEqual([dtype, nested]);
    expect(Array.from(array.asType('float64').data)).toEqual([nested].flat(3).map(Number));
  });

  test('a tensor and its list alike', async () => {
    const array = await given('{"tensor":{"shape":[1,2],"values":[9007199254740993,1]}}');
    expect(array.data).toEqual(BigInt64Array.of(9007199254740993n, 1n));
    expect(array.toNested()).toEqual([[9007199254740993n, 1n]]);
  });

  test('an int64 tftensor from numbers, not only from their texts', async () => {
    const shape = { dim: [{ size: '1' }] };
    const proto = { dtype: 'DT_INT64', tensorShape: shape, int64Val: [9007199254740993n] };
    expect((await given(`{"tftensor":${stringify(proto)}}`)).data).toEqual(
      BigInt64Array.of(9007199254740993n),
    );
  });

  test('an array with the words for numbers as numbers, and with any other text as it is', async () => {
    expect((await given('{"ndarray":[["NaN",1],["Infinity","-Infinity"]]}')).toNested()).toEqual([
      [Number.NaN, 1],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ]);
    const words = await given('{"ndarray":[["NaN","Infinity"]]}');
    expect(words.toNested()).toEqual([['NaN', 'Infinity']]);
    expect(words.asType('float64').toNested()).toEqual([[Number.NaN, Number.POSITIVE_INFINITY]]);
    expect(() => words.asType('int64')).toThrow('expected a number that int64 can hold');
    for (const list of [
      ['NaN', 'a', 1],
      ['NaN', null, 1],
      ['NaN', true],
      ['nan', 1],
      ['+Infinity', 1],
    ]) {
      const array = await given(stringify({ ndarray: [list] }));
      expect(array.toNested()).toEqual([list]);
    }
  });
});

describe('what one component answers, the next one reads', () => {
  const scaled = '[["NaN",-1.0191,-1.3397,-1.3121]]';
  const shipped = (MODEL_NAME: string) =>
    deploy({ MODEL_DIR: fileURLToPath(new URL('../../models', import.meta.url)), MODEL_NAME });

  test('a scaler, a combiner and a classifier', async () => {
    const scaler = shipped('StandardScaler');
    const first = await post(scaler, '/transform-input', '{"data":{"ndarray":[[NaN,1,2,3]]}}');
    expect(JSON.parse(first.text).data.ndarray[0][0]).toBe('NaN');
    const back = await post(scaler, '/transform-output', first.text);
    expect(JSON.parse(back.text).data.ndarray).toEqual([['NaN', 1, 2, 3]]);
    const mean = await post(shipped('MeanCombiner'), '/aggregate', `[${first.text},${first.text}]`);
    expect(JSON.parse(mean.text).data.ndarray).toEqual(JSON.parse(first.text).data.ndarray);
    const iris = await post(shipped('Iris'), '/predict', first.text);
    // It reads the numbers, and refuses this one itself.
    expect(JSON.parse(iris.text).status.info).toContain('row 0 has a NaN');
  });

  test('the truth of a feedback', async () => {
    const { text } = await post(
      passing(),
      '/send-feedback',
      `{"request":{"data":{"ndarray":[[1]]}},"reward":1,"truth":{"data":{"ndarray":${scaled}}}}`,
    );
    expect(text).toContain(scaled);
  });
});

test('an INT parameter keeps its digits, as a number and as text', async () => {
  const parameters = [
    'name',
    `"value":${LONG},"type":"INT"`,
    `"value":"-${LONG}","type":"INT"`,
    `"value":${LONG},"type":"STRING"`,
  ];
  const text = `[${parameters.slice(1).map((rest, index) => `{"name":"p${index}",${rest}}`)}]`;
  const functions = deploy({ MODEL_NAME: 'Params', PREDICTIVE_UNIT_PARAMETERS: text });
  expect((await answerTo(functions, '/predict', { strData: '' })).jsonData).toEqual(
    toNumberTexts({
      p0: { type: 'integer', value: LONG },
      p1: { type: 'integer', value: -LONG },
      p2: { type: 'string', value: `${LONG}` },
    }),
  );
});

test.each([
  ['JSON', `{"inputs":[{"messagetype":"jsonData","schema":{"maximum":${LONG}}}]}`],
  ['YAML', `inputs: [{messagetype: jsonData, schema: {maximum: ${LONG}, minimum: 1}}]`],
])('metadata in %s keeps its digits', async (_form, MODEL_METADATA) => {
  const functions = deploy({ MODEL_NAME: 'Identity', MODEL_METADATA });
  for (const path of ['/metadata', '/seldon.json']) {
    const { status, body } = await functions.send({ method: 'GET', path });
    expect([status, body]).toEqual([200, expect.stringMatching(`"maximum":${LONG}[,}]`)]);
  }
});

test('a routing beyond 2^53, a shape and a status are refused, and say why', async () => {
  const functions = passing();
  const tensor = await post(functions, '/predict', `{"data":{"tensor":{"shape":[0,${LONG}],"values":[]}}}`);
  expect(tensor.status).toBe(400);
  expect(JSON.parse(tensor.text).status.info).toBe(
    `data.tensor.shape[1]: expected a whole number of 0 or more, got ${LONG}`,
  );
  for (const branch of [LONG, `"${LONG}"`]) {
    const body = `{"request":{},"response":{"meta":{"routing":{"0":${branch}}}},"reward":1}`;
    const { status, text } = await post(functions, '/send-feedback', body);
    expect(status).toBe(400);
    expect(text).toContain('meta.routing.0: expected');
  }
});
