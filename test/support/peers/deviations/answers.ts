import { expect } from 'vitest';
import type { Case } from '../case.ts';
import type { Deviation, Expected } from '../expected.ts';
import { ANY_ID, type Inferred, inferredOf, type Output, withOutputs } from './inferred.ts';

/** Models whose arrays have a second axis of length 1 by themselves. */
const HAS_TWO_AXES = ['mlserver/answer-ubig', 'mlserver/id-empty'];

const isInferred = (recorded: Expected) => inferredOf(recorded) !== undefined;

function withBody(recorded: Expected, change: (body: Inferred) => Inferred): Expected {
  const body = inferredOf(recorded);
  return body === undefined ? recorded : { ...recorded, body: change(body) };
}

/** What an answer of infer has. */
export const ANSWERS: readonly Deviation[] = [
  {
    why: 'an id that the peer or its model made is the id of the call here',
    of: (recorded) => ['<uuid>', 'made'].includes(String(inferredOf(recorded)?.id)),
    expected: (recorded) => withBody(recorded, (body) => ({ ...body, id: ANY_ID })),
  },
  {
    why: 'an answer always has an id, as with MLServer, so that the call can be found in the log; Triton leaves it out',
    of: ['triton/infer-no-id', 'triton/infer-id-empty'],
    expected: (recorded) => ({
      ...recorded,
      body: expect.objectContaining({ id: ANY_ID, model_name: 'add_sub' }),
    }),
  },
  {
    why: 'an empty id counts as none, as with the other peers; MLServer answers it',
    of: ['mlserver/id-empty'],
    expected: (recorded) => withBody(recorded, (body) => ({ ...body, id: ANY_ID })),
  },
  {
    why: 'what has no value is left out: KServe has null, MLServer {}',
    of: isInferred,
    expected: (recorded) =>
      withBody(recorded, ({ model_version: version, parameters, ...body }) => ({
        ...body,
        ...(version != null && { model_version: version }),
        ...(parameters != null && Object.keys(parameters).length > 0 && { parameters }),
      })),
  },
  {
    why: 'of content types only base64 is answered: the others say what the datatype says already',
    of: isInferred,
    expected: (recorded) =>
      withOutputs(recorded, ({ parameters, ...output }) => ({
        ...output,
        ...(parameters?.content_type === 'base64' && { parameters: { content_type: 'base64' } }),
      })),
  },
  {
    why: 'an array keeps its shape; MLServer adds an axis to those that have one',
    of: (recorded, { peer }) => peer === 'mlserver' && isInferred(recorded),
    expected: (recorded, testCase) =>
      withOutputs(recorded, (output) =>
        output.shape.length === 2 && output.shape[1] === 'number 1' && !hasTwoAxes(testCase, output)
          ? { ...output, shape: output.shape.slice(0, 1) }
          : output,
      ),
  },
  {
    why: 'a single value has the shape [1]: the specification knows no other',
    of: ['kserve/answer-scalar'],
    expected: (recorded) => withOutputs(recorded, (output) => ({ ...output, shape: ['number 1'] })),
  },
  {
    why: 'FP32 and FP16 have the shortest digits that are the same float32; the peers write those of the double',
    of: (recorded) =>
      inferredOf(recorded)?.outputs.some(({ datatype }) => /^FP(32|16)$/.test(datatype)) === true,
    expected: (recorded) =>
      withOutputs(recorded, (output) =>
        /^FP(32|16)$/.test(output.datatype) && output.data !== undefined
          ? { ...output, data: output.data.map(shortest) }
          : output,
      ),
  },
  {
    why: 'the binary extension has this content type; KServe sends none',
    of: (recorded, { response }) => isInferred(recorded) && response.binaryBase64 !== undefined,
    expected: (recorded) => ({ ...recorded, contentType: 'application/octet-stream' }),
  },
  {
    why: 'the binary extension is here; MLServer does not have it',
    of: ['mlserver/binary-output'],
    expected: (recorded) => ({
      ...withOutputs(recorded, ({ data: _, ...output }) => ({ ...output, bytes: '0000803f' })),
      contentType: 'application/octet-stream',
    }),
  },
  {
    why: 'the headers of a derived answer are not in its body',
    of: ['triton/binary'],
    expected: (recorded) => ({
      ...recorded,
      contentType: 'application/octet-stream',
      body: expect.objectContaining({
        model_name: 'add_sub',
        model_version: '1',
        outputs: [expect.objectContaining({ name: 'OUTPUT0', bytes: '0000803f00000040' })],
      }),
    }),
  },
  {
    why: 'bytes that are no UTF-8 are answered as base64; MLServer fails',
    of: ['mlserver/non-utf8'],
    expected: () => ({
      status: 200,
      contentType: 'application/json',
      allow: undefined,
      body: {
        model_name: 'non-utf8',
        id: ANY_ID,
        outputs: [
          {
            name: 'output-0',
            shape: ['number 1'],
            datatype: 'BYTES',
            parameters: { content_type: 'base64' },
            data: ['//4A'],
          },
        ],
      },
    }),
  },
  {
    why: 'each bytes is one element; MLServer joins them with their padding',
    of: ['mlserver/answer-bytes'],
    expected: (recorded) =>
      withOutputs(recorded, (output) => ({
        ...output,
        parameters: { content_type: 'base64' },
        data: ['YWI=', 'Yw=='],
      })),
  },
  {
    why: 'parameters of a request come back where the model answers them as tags; of an output they do not',
    of: ['mlserver/echo-parameters'],
    expected: (recorded) => withBody(recorded, (body) => ({ ...body, parameters: { list: '[1,2]' } })),
  },
  {
    why: 'a model gets NdArrays; Python has types of its own',
    of: (_recorded, { id }) =>
      /^mlserver\/(see-(np|metadata(-str)?|request-(pd|str))$|bytes-unknown-ct)/.test(id),
    expected: (recorded, { id }) =>
      withOutputs(recorded, (output) => ({ ...output, data: [SEEN[id.replace('mlserver/', '')]] })),
  },
];

/** What the model `probe` says; its texts are compared as JSON. */
const SEEN: Readonly<Record<string, unknown>> = {
  'bytes-unknown-ct': seen({ s: array('string', [1], ['a']) }),
  'see-np': seen({ x: array('float32', [2, 2], [1, 2, 3, 4]) }),
  'see-request-pd': frame(['age', 'city'], array('object', [2, 2], [30, 'Rome', 40, 'Oslo'])),
  'see-request-str': seen({ s: array('string', [2], ['a', 'b']) }, { content_type: 'str' }),
  'see-metadata': seen({ x: array('float32', [1, 2], [1, 2]) }),
  'see-metadata-str': seen({ s: array('string', [2], ['a', 'b']) }),
};

function array(dtype: string, shape: number[], values: unknown[]) {
  return { type: 'NdArray', dtype, shape, values };
}

function seen(inputs: Record<string, object>, parameters: object = {}) {
  return { id: 'given', inputs, names: [], outputs: null, parameters, X: Object.values(inputs)[0] };
}

function frame(names: string[], X: object) {
  return { id: 'given', inputs: {}, names, outputs: null, parameters: { content_type: 'pd' }, X };
}

/** Whether the shape [n,1] of an output is that of the model's array, and not MLServer's. */
function hasTwoAxes({ id, request, model }: Case, { name }: Output): boolean {
  if (HAS_TWO_AXES.includes(id) || model === 'batched') {
    return model !== 'batched';
  }
  // Models that answer an input as it came.
  const body = request.body === undefined ? undefined : readInputs(request.body);
  const input = body?.find((each) => each.name === name);
  return input !== undefined && (model === 'identity' || model === 'frame') && input.shape.length > 1;
}

function readInputs(text: string): { name: string; shape: unknown[] }[] {
  return (JSON.parse(text) as { inputs: { name: string; shape: unknown[] }[] }).inputs;
}

/** The shortest digits of a float32, as {@link Output} has its numbers. */
function shortest(digits: unknown): unknown {
  if (typeof digits !== 'string') {
    return digits;
  }
  const value = Math.fround(Number(digits.replace('number ', '')));
  const short = Array.from({ length: 9 }, (_, index) => Number(value.toPrecision(index + 1)));
  const found = short.find((candidate) => Math.fround(candidate) === value) ?? value;
  return `number ${Number.isInteger(found) ? BigInt(found) : found}`;
}
