import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InferenceClient, type InferInput, inferenceClient } from '../../src/client/index.ts';
import { arrayOf, text } from '../support/arbitraries.ts';
import { closeHosts, hostOfFunctions } from '../support/hosts.ts';
import { deployV2 } from '../support/open-inference.ts';
import { DATATYPES, WIRE_TYPES, type WireType } from '../support/peers/tensor-request.ts';

// Over HTTP, to a model that answers each input under its name.
let server: InferenceClient;

beforeAll(async () => {
  const MODEL_DIR = new URL('../models/peers', import.meta.url).pathname;
  const functions = deployV2('Identity', { MODEL_DIR, MODEL_METADATA: '{"name":"m"}' });
  server = inferenceClient((await hostOfFunctions(functions)).url);
});

afterAll(closeHosts);

/** Texts that are UTF-8; a lone surrogate is none. */
const wellFormed = text.map((each) => Buffer.from(each).toString());
const arraysOf = (dtype: WireType) => (dtype === 'string' ? arrayOf(dtype, wellFormed) : arrayOf(dtype));

describe.each([false, true])('a tensor goes there and comes back alike (binary: %s)', (binary) => {
  test.each(WIRE_TYPES)('%s', async (dtype) => {
    const [datatype] = DATATYPES[dtype];
    await fc.assert(
      fc.asyncProperty(arraysOf(dtype), async (sent) => {
        const { outputs } = await server.infer('m', [{ name: 'x', data: sent, datatype }], { binary });
        expect(outputs).toHaveLength(1);
        const [{ array, ...output } = expect.fail()] = outputs;
        expect({ name: output.name, datatype: output.datatype }).toEqual({ name: 'x', datatype });
        expect(array.dtype).toBe(dtype);
        expect(array.shape).toEqual(sent.shape.length === 0 ? [1] : sent.shape);
        // JSON has no infinities and no -0.
        const plain = (value: unknown) =>
          binary || typeof value !== 'number' ? value : Number.isFinite(value) ? value + 0 : Number.NaN;
        expect(Array.from(array.toFlat(), plain)).toEqual(Array.from(sent.toFlat(), plain));
      }),
      { numRuns: 40 },
    );
  });
});

// Lists and typed arrays as people write them.
test.each<[string, Omit<InferInput, 'name'>, object]>([
  [
    'numbers',
    {
      data: [
        [1, 2.5],
        [3, 4],
      ],
    },
    { datatype: 'FP64', shape: [2, 2], data: Float64Array.of(1, 2.5, 3, 4) },
  ],
  [
    'rows that are typed',
    { data: [Float32Array.of(1), Float32Array.of(2)] },
    { datatype: 'FP64', shape: [2, 1] },
  ],
  ['numbers as FP32', { data: [0.1], datatype: 'FP32' }, { datatype: 'FP32', data: Float32Array.of(0.1) }],
  ['numbers as INT64', { data: [1, -2], datatype: 'INT64' }, { data: BigInt64Array.of(1n, -2n) }],
  [
    'long integers',
    { data: [9007199254740993n, 1] },
    { datatype: 'INT64', data: BigInt64Array.of(9007199254740993n, 1n) },
  ],
  [
    'doubles as FP16',
    { data: Float64Array.of(0.1), datatype: 'FP16' },
    { data: Float32Array.of(0.0999755859375) },
  ],
  ['singles as FP64', { data: Float32Array.of(0.5), datatype: 'FP64' }, { data: Float64Array.of(0.5) }],
  ['null as NaN', { data: [1, null] }, { datatype: 'FP64', data: Float64Array.of(1, Number.NaN) }],
  ['0 and 1 as BOOL', { data: [0, 1], datatype: 'BOOL' }, { data: [false, true] }],
  [
    'texts and bytes',
    { data: ['é', Uint8Array.of(0)], datatype: 'BYTES' },
    { data: [Uint8Array.of(195, 169), Uint8Array.of(0)] },
  ],
  ['a free axis', { data: Int8Array.of(1, 2, 3, 4), shape: [2, -1] }, { datatype: 'INT8', shape: [2, 2] }],
  [
    'a flat array',
    { data: { data: Uint16Array.of(1, 2), shape: [1, 2] } },
    { datatype: 'UINT16', shape: [1, 2] },
  ],
  ['nothing', { data: [] }, { datatype: 'FP64', shape: [0] }],
])('%s are a tensor', async (_what, input, expected) => {
  for (const binary of [false, true]) {
    const { outputs } = await server.infer('m', [{ name: 'x', ...input }], { binary });
    const { datatype, shape, data } = outputs[0] ?? expect.fail();
    expect({ datatype, shape, data }).toMatchObject(expected);
  }
});
