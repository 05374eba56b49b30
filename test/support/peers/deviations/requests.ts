import { expect } from 'vitest';
import type { Deviation } from '../expected.ts';
import { errorOf } from './errors.ts';
import { identityAnswer, withOutputs } from './inferred.ts';

/** What is refused, and what is taken. */
export const REQUESTS: readonly Deviation[] = [
  {
    why: 'a value that the datatype cannot hold is refused; the peers wrap it around, cut it, or take any text for true',
    of: [
      'mlserver/uint8-overflow',
      'mlserver/int-fraction',
      'mlserver/int-text',
      'mlserver/fp-text',
      'mlserver/bool-text',
      'mlserver/big-int',
      'kserve/int-fraction',
    ],
    expected: () => errorOf(400),
  },
  {
    why: 'a shape has whole numbers; MLServer reads texts, too',
    of: ['mlserver/shape-text'],
    expected: () => errorOf(400),
  },
  {
    why: 'the specification has at least one input; KServe calls its model with none',
    of: ['kserve/inputs-empty'],
    expected: () => errorOf(400),
  },
  {
    why: 'a byte order mark is skipped, as in all requests here',
    of: ['mlserver/bom'],
    expected: () => identityAnswer({ shape: [1], data: [1] }),
  },
  {
    why: 'a body without JSON is refused: its tensor would have no shape and no datatype',
    of: ['triton/raw'],
    expected: () => errorOf(400),
  },
  {
    why: 'two inputs of one name are refused; MLServer takes the last',
    of: ['mlserver/multi-twice'],
    expected: () => errorOf(400),
  },
  {
    why: 'a column has one value for each row; MLServer leaves the others out',
    of: ['mlserver/see-request-pd-matrix'],
    expected: () => errorOf(400),
  },
  {
    why: 'nested texts are read; MLServer makes "" of them',
    of: ['mlserver/bytes-nested'],
    expected: (recorded) => withOutputs(recorded, (output) => ({ ...output, data: ['a', 'b'] })),
  },
  {
    why: 'FP16 and BF16 are numbers in JSON, too: nothing is lost that could be kept',
    of: ['mlserver/dtype-BF16', 'kserve/dtype-BF16'],
    expected: () => identityAnswer({ shape: [1, 2], data: [1, 2], datatype: 'BF16' }),
  },
  {
    why: 'FP16 and BF16 are numbers in JSON, too: nothing is lost that could be kept',
    of: ['kserve/dtype-FP16'],
    expected: () => identityAnswer({ shape: [1, 2], data: [0.0999755859375, 65504], datatype: 'FP16' }),
  },
  {
    why: 'FP16 and BF16 are numbers in JSON, too: nothing is lost that could be kept',
    of: ['triton/fp16', 'triton/bf16'],
    expected: () => ({
      ...identityAnswer({ shape: [], data: [] }),
      body: expect.objectContaining({
        model_name: 'add_sub',
        // What the metadata says of it.
        outputs: [expect.objectContaining({ name: 'OUTPUT0', datatype: 'FP32' })],
      }),
    }),
  },
  {
    why: 'the content type does not decide: no two clients send the same',
    of: ['mlserver/ct-text', 'mlserver/ct-form', 'mlserver/ct-octet'],
    expected: () => identityAnswer({ shape: [1, 1], data: [1] }),
  },
  {
    why: 'the content type does not decide: no two clients send the same',
    of: ['kserve/ct-octet'],
    expected: () => identityAnswer({ shape: [1, 1], data: [1] }, '1'),
  },
  {
    why: 'the binary extension needs no content type; KServe and MLServer take that for JSON',
    of: ['mlserver/binary-no-ct'],
    expected: () => identityAnswer({ shape: [2, 2], data: [1, 2, 3, 4] }),
  },
  {
    why: 'the binary extension needs no content type; KServe and MLServer take that for JSON',
    of: ['kserve/binary-no-ct'],
    expected: () => identityAnswer({ shape: [2, 2], data: [1, 2, 3, 4] }, '1'),
  },
  {
    why: 'bytes under the content type of JSON are read where the gateway kept them; an HTTP API does not',
    of: ['kserve/binary-json-ct'],
    expected: (_recorded, _case, door) =>
      door === 'rest' ? identityAnswer({ shape: [2, 2], data: [1, 2, 3, 4] }, '1') : errorOf(400),
  },
  {
    why: 'compressed requests are read',
    of: ['kserve/gzip-request'],
    expected: () => identityAnswer({ shape: [1, 1], data: [1] }, '1'),
  },
  {
    why: 'an array without elements has an answer in binary, of no bytes',
    of: ['kserve/binary-empty'],
    expected: () => {
      const answer = identityAnswer({ shape: [0], data: [] }, '1');
      const binary = { ...answer, contentType: 'application/octet-stream' };
      return withOutputs(binary, ({ data: _, ...output }) => ({ ...output, bytes: '' }));
    },
  },
  {
    why: 'parameters may be lists and objects, as MLServer takes them',
    of: ['kserve/parameters-nested'],
    expected: () => identityAnswer({ shape: [1], data: [1] }),
  },
];
