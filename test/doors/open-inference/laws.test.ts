import fc from 'fast-check';
import { fromData, type NdArray } from 'seldon-lambda';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { textOf } from '../../models/peers/Reached.ts';
import { arrayOf, text } from '../../support/arbitraries.ts';
import { type Deployment, deploy } from '../../support/functions.ts';
import { readAnswer } from '../../support/peers/answer.ts';
import { httpApiEvent } from '../../support/peers/gateway-event.ts';
import {
  DATATYPES,
  tensorRequest,
  toWireBytes,
  WIRE_TYPES,
  type WireType,
} from '../../support/peers/tensor-request.ts';

const MODEL_DIR = new URL('../../models/peers', import.meta.url).pathname;
const RUNS = { numRuns: 60 };

let functions: Deployment;

afterAll(() => vi.unstubAllEnvs());

async function send(array: NdArray, form: 'flat' | 'nested' | 'binary', parameters?: object) {
  const request = tensorRequest(array, form, parameters as Record<string, unknown>);
  const path = '/v2/models/m/infer';
  const { status, headers, body } = await functions.send({ method: 'POST', path, ...request }, httpApiEvent);
  return readAnswer(status, headers, body);
}

/** Texts that are UTF-8; a lone surrogate is none. */
const wellFormed = text.map((each) => Buffer.from(each).toString());

const arraysOf = (dtype: WireType) => (dtype === 'string' ? arrayOf(dtype, wellFormed) : arrayOf(dtype));

describe('a tensor reaches the model alike, flat, nested and in binary', () => {
  beforeAll(() => {
    functions = deploy({ MODEL_DIR, MODEL_NAME: 'Reached', MODEL_METADATA: '{"name":"m"}' });
  });

  test.each(WIRE_TYPES)('%s', async (dtype) => {
    await fc.assert(
      fc.asyncProperty(arraysOf(dtype), async (array) => {
        const { shape } = array;
        const elements = Array.from(array.toFlat(), textOf);
        for (const form of ['flat', 'nested', 'binary'] as const) {
          const { status, body } = await send(array, form);
          expect(status, JSON.stringify(body)).toBe(200);
          const [output] = (body as { outputs: { data: string[] }[] }).outputs;
          expect([form, JSON.parse(output?.data[0] as string)]).toEqual([
            form,
            { x: { dtype, shape, elements } },
          ]);
        }
      }),
      RUNS,
    );
  });

  test('-0 among integers beyond 2^53 keeps its sign as a float', async () => {
    for (const dtype of ['bfloat16', 'float32', 'float64'] as const) {
      const { body } = await send(fromData([-(2 ** 53), -0], [2], dtype), 'flat');
      expect(body).toMatchObject({ outputs: [{ data: [expect.stringContaining('"number -0"]')] }] });
    }
  });
});

describe('an array comes back alike, as JSON and in binary', () => {
  beforeAll(() => {
    functions = deploy({ MODEL_DIR, MODEL_NAME: 'Identity', MODEL_METADATA: '{"name":"m"}' });
  });

  test.each(WIRE_TYPES)('%s', async (dtype) => {
    await fc.assert(
      fc.asyncProperty(arraysOf(dtype), async (array) => {
        const [datatype] = DATATYPES[dtype];
        const shape = (array.shape.length === 0 ? [1] : array.shape).map((length) => `number ${length}`);
        const json = await send(array, 'binary');
        const read = { ...json, body: withValues(json.body) };
        expect(read.body).toEqual({
          model_name: 'm',
          id: '1',
          outputs: [{ name: 'x', datatype, shape, data: array.toFlat().map(asJson) }],
        });
        const binary = await send(array, 'flat', { binary_data_output: true });
        expect(binary.body).toEqual({
          model_name: 'm',
          id: '1',
          outputs: [{ name: 'x', datatype, shape, bytes: Buffer.from(toWireBytes(array)).toString('hex') }],
        });
      }),
      RUNS,
    );
  });

  /** Numbers of a float are compared as the float: they have the fewest digits that mean the same. */
  function withValues(body: unknown): unknown {
    const { outputs, ...rest } = body as { outputs: { datatype: string; data: unknown[] }[] };
    return {
      ...rest,
      outputs: outputs.map((output) => ({
        ...output,
        data: output.data.map((digits) =>
          /^(FP|BF)/.test(output.datatype) && typeof digits === 'string'
            ? asJson(floatOf(digits, output.datatype))
            : digits,
        ),
      })),
    };
  }

  function floatOf(digits: string, datatype: string): number {
    const value = Number(digits.replace('number ', ''));
    return datatype === 'FP64' ? value : Math.fround(value);
  }

  /** An element as it is in JSON, with numbers as texts. */
  function asJson(element: unknown): unknown {
    if (typeof element === 'bigint') {
      return `number ${element}`;
    }
    if (typeof element !== 'number') {
      return element;
    }
    return Number.isFinite(element)
      ? `number ${Number.isInteger(element) ? BigInt(element) : element}`
      : null;
  }
});
