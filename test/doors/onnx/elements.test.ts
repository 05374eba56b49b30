import { beforeAll, describe, expect, test } from 'vitest';
import type { Deployment } from '../../support/functions.ts';
import { type ElementType, identity, node, tensor, toOnnx } from '../../support/onnx-graph.ts';
import { answer, HAS_RUNTIME, predict, refusal, removeGraphs, serve } from '../../support/onnx-model.ts';

removeGraphs();

/** A graph that answers its input `int8` as its output `int8_out`, and so on. */
function echo(types: readonly ElementType[]): Uint8Array {
  return toOnnx({
    inputs: types.map((type) => tensor(type, type, ['n'])),
    outputs: types.map((type) => tensor(`${type}_out`, type, ['n'])),
    nodes: types.map((type) => node('Identity', [type], [`${type}_out`])),
  });
}

const GOOD = {
  float32: '[1.5,-2,"NaN","Infinity","-Infinity"]',
  float64: '[1e+300,0.1,"NaN"]',
  float16: '[1.5,-65504,0,"NaN","-Infinity"]',
  int8: '[-128,127]',
  uint8: '[0,255]',
  int16: '[-32768,32767]',
  uint16: '[0,65535]',
  int32: '[-2147483648,2147483647]',
  uint32: '[0,4294967295]',
  int64: '[9007199254740991,-9007199254740991]',
  uint64: '[0,9007199254740991]',
  bool: '[true,false]',
  string: '["a","","é\u{1F600}"]',
} as const;

describe.skipIf(!HAS_RUNTIME)('elements (onnxruntime-node has to be installed)', () => {
  let functions: Deployment;

  beforeAll(() => {
    functions = serve(echo(Object.keys(GOOD) as ElementType[]));
  });

  const message = (changed: object) => {
    const entries = Object.entries({ ...GOOD, ...changed });
    return `{"jsonData":{${entries.map(([name, json]) => `"${name}":${json}`).join(',')}}}`;
  };

  test('of every type are answered as they came', async () => {
    const { status, text } = await predict(functions, message({}));
    expect(status, text).toBe(200);
    for (const [type, json] of Object.entries(GOOD)) {
      expect(text).toContain(`"${type}_out":${json}`);
    }
  });

  test.each([
    ['float32', '"x"', 'is "x"; expected a number (float32)'],
    ['float32', 'null', 'is null; expected a number (float32)'],
    [
      'float32',
      '1e39',
      'is 1e+39; expected a number from -3.4028234663852886e+38 to 3.4028234663852886e+38 (float32)',
    ],
    ['float64', '{"a":1}', 'is {"a":1}; expected a number (float64)'],
    ['float16', '65520', 'is 65520; expected a number from -65504 to 65504 (float16)'],
    ['float16', '{}', 'is {}; expected a number (float16)'],
    ['int8', '-129', 'is -129; expected an integer from -128 to 127 (int8)'],
    ['int8', '"NaN"', 'is "NaN"; expected an integer from -128 to 127 (int8)'],
    ['uint8', '256', 'is 256; expected an integer from 0 to 255 (uint8)'],
    ['int16', '32768', 'is 32768; expected an integer from -32768 to 32767 (int16)'],
    ['uint16', '-1', 'is -1; expected an integer from 0 to 65535 (uint16)'],
    ['int32', '2147483648', 'is 2147483648; expected an integer from -2147483648 to 2147483647 (int32)'],
    ['uint32', '0.5', 'is 0.5; expected an integer from 0 to 4294967295 (uint32)'],
    ['int64', '1.5', 'is 1.5; expected an integer from -9223372036854775808 to 9223372036854775807 (int64)'],
    ['int64', '1e300', 'is 1e+300; expected an integer from -9223372036854775808 to'],
    ['int64', '1e17', 'is 100000000000000000; expected an integer with certain digits (int64)'],
    ['uint64', '-1', 'is -1; expected an integer from 0 to 18446744073709551615 (uint64)'],
    ['bool', '2', 'is 2; expected true or false'],
    ['bool', '"true"', 'is "true"; expected true or false'],
    ['string', '1', 'is 1; expected a text'],
    ['string', '"a\\u0000b"', 'is "a\\u0000b"; expected a text without the character NUL'],
    ['string', '"a\\ud800b"', 'is "a\\ud800b"; expected a text without half a surrogate pair'],
  ])('of %s refuse %s, and name the input and the element', async (type, json, reason) => {
    const first = JSON.stringify(JSON.parse(GOOD[type as keyof typeof GOOD])[0]);
    const info = await refusal(functions, message({ [type]: `[${first},${json}]` }));
    expect(info).toContain(`element 1 of input ${type} ${reason}`);
  });

  test('that are words for numbers stay text where text is asked for', async () => {
    const words = '["NaN","Infinity","-Infinity"]';
    const { text } = await predict(functions, message({ string: words }));
    expect(text).toContain(`"string_out":${words}`);
  });

  test('that are refused are shown in short', async () => {
    const info = await refusal(functions, message({ bool: `["${'x'.repeat(100_000)}"]` }));
    expect(info.length).toBeLessThan(300);
  });
});

const tftensor = (dtype: string, size: number, values: object) => ({
  data: { tftensor: { dtype, tensorShape: { dim: [{ size: `${size}` }] }, ...values } },
});

describe.skipIf(!HAS_RUNTIME)('a tftensor (onnxruntime-node has to be installed)', () => {
  test.each<[ElementType, string, object, bigint[]]>([
    [
      'int64',
      'DT_INT64',
      { int64Val: ['9223372030926249001', '-9223372036854775808'] },
      [9223372030926249001n, -9223372036854775808n],
    ],
    ['uint64', 'DT_UINT64', { uint64Val: ['18446744073709551615', '1'] }, [18446744073709551615n, 1n]],
  ])('of %s stays %s with all digits', async (type, dtype, values, expected) => {
    const functions = serve(identity(type, ['n']));
    const { data } = await answer(functions, tftensor(dtype, 2, values));
    expect(data.tftensor).toMatchObject({ dtype, tensorShape: { dim: [{ size: '2' }] } });
    const { buffer } = new Uint8Array(Buffer.from(data.tftensor.tensorContent, 'base64'));
    expect([...(type === 'int64' ? new BigInt64Array(buffer) : new BigUint64Array(buffer))]).toEqual(
      expected,
    );
  });

  test('of 64-bit integers is refused where they do not fit', async () => {
    const functions = serve(identity('int32', ['n']));
    expect(await refusal(functions, tftensor('DT_INT64', 2, { int64Val: ['5', '2147483648'] }))).toBe(
      'element 1 of input X is 2147483648; expected an integer from -2147483648 to 2147483647 (int32)',
    );
    const { data } = await answer(functions, tftensor('DT_INT64', 1, { int64Val: ['5'] }));
    expect(data.tftensor).toMatchObject({ dtype: 'DT_INT32', intVal: [5] });
  });

  test('of halves stays one', async () => {
    const functions = serve(identity('float16', ['n']));
    const { data } = await answer(functions, tftensor('DT_HALF', 2, { halfVal: [15360, 64512] }));
    expect(data.tftensor).toMatchObject({ dtype: 'DT_HALF' });
    expect([...Buffer.from(data.tftensor.tensorContent, 'base64')]).toEqual([0x00, 0x3c, 0x00, 0xfc]);
  });

  test('of booleans fits', async () => {
    const functions = serve(identity('bool', ['n']));
    const { data } = await answer(functions, tftensor('DT_BOOL', 2, { boolVal: [true, false] }));
    expect(JSON.stringify(data)).toMatch(/"(ndarray|boolVal)":\[true,false\]|"tensorContent":"AQA="/);
  });

  test('of bytes is text for a graph of texts, as far as it is UTF-8', async () => {
    const functions = serve(identity('string', ['n']));
    const send = (...bytes: (string | Buffer)[]) =>
      tftensor('DT_STRING', bytes.length, {
        stringVal: bytes.map((each) => Buffer.from(each as string).toString('base64')),
      });
    const { data } = await answer(functions, send('é', '', '\uFEFFx'));
    expect(
      data.ndarray ?? data.tftensor.stringVal.map((each: string) => `${Buffer.from(each, 'base64')}`),
    ).toEqual(['é', '', '\uFEFFx']);
    expect(await refusal(functions, send('a', Buffer.of(0xff)))).toBe(
      'element 1 of input X is bytes that are not UTF-8; expected a text',
    );
    expect(await refusal(functions, send('a\0b'))).toContain('element 0 of input X is "a\\u0000b"; expected');
  });

  test('of complex numbers is refused', async () => {
    const functions = serve(identity('float32', ['n']));
    expect(await refusal(functions, tftensor('DT_COMPLEX64', 1, { scomplexVal: [1, 2] }))).toBe(
      'element 0 of input X is [1,2]; expected a number (float32)',
    );
  });
});

describe.skipIf(!HAS_RUNTIME)('an answer (onnxruntime-node has to be installed)', () => {
  const longs = {
    type: 'int64',
    shape: [1, 2],
    content: new Uint8Array(BigInt64Array.of(9223372030926249001n, -1n).buffer),
  } as const;
  const constant = toOnnx({
    inputs: [tensor('X', 'float32', ['n'])],
    outputs: [tensor('Y', 'int64', [1, 2])],
    nodes: [{ ...node('Constant', [], ['Y']), attributes: { value: longs } }],
  });

  test.each([
    ['ndarray', { ndarray: [1] }, '"ndarray":[[9223372030926249001,-1]]'],
    ['tensor', { tensor: { shape: [1], values: [1] } }, '"values":[9223372030926249001,-1]'],
  ])('of 64-bit integers has all digits as %s', async (_kind, data, expected) => {
    const { status, text } = await predict(serve(constant), { data });
    expect(status, text).toBe(200);
    expect(text).toContain(expected);
  });
});
