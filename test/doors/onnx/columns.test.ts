import { beforeAll, describe, expect, test } from 'vitest';
import type { Deployment } from '../../support/functions.ts';
import { node, tensor, toOnnx } from '../../support/onnx-graph.ts';
import { answer, HAS_RUNTIME, refusal, removeGraphs, serve } from '../../support/onnx-model.ts';

removeGraphs();

describe.skipIf(!HAS_RUNTIME)(
  'a graph with an input for each column (onnxruntime-node has to be installed)',
  () => {
    let functions: Deployment;

    beforeAll(() => {
      functions = serve(
        toOnnx({
          inputs: [
            tensor('age', 'int64', ['n', 1]),
            tensor('sex', 'string', [undefined, 1]),
            tensor('fare', 'float32', ['n']),
          ],
          outputs: [
            tensor('a', 'int64', ['n', 1]),
            tensor('s', 'string', ['n', 1]),
            tensor('f', 'float32', ['n']),
          ],
          nodes: [
            node('Identity', ['age'], ['a']),
            node('Identity', ['sex'], ['s']),
            node('Identity', ['fare'], ['f']),
          ],
        }),
      );
    });

    const rows = (names: unknown, ndarray: unknown) => ({ data: { names, ndarray } });

    test('takes rows whose columns have the names of the inputs, in any order', async () => {
      const message = rows(
        ['fare', 'sex', 'age'],
        [
          [7.25, 'male', 39],
          [71.5, 'female', 20],
        ],
      );
      expect((await answer(functions, message)).jsonData).toEqual({
        a: [[39], [20]],
        s: [['male'], ['female']],
        f: [7.25, 71.5],
      });
    });

    test('takes no rows', async () => {
      expect((await answer(functions, rows(['fare', 'sex', 'age'], []))).jsonData).toEqual({
        a: [],
        s: [],
        f: [],
      });
    });

    test('still takes jsonData by name', async () => {
      const jsonData = { age: [[39]], sex: [['male']], fare: [7.25] };
      expect((await answer(functions, { jsonData })).jsonData).toEqual({
        a: [[39]],
        s: [['male']],
        f: [7.25],
      });
    });

    test.each([
      [
        'no names',
        undefined,
        [[1, 'x', 2]],
        'the array has no names; expected the names of the inputs: age, sex, fare',
      ],
      ['too few names', ['age', 'sex'], [[1, 'x', 2]], 'the array has 3 columns, but 2 names'],
      [
        'another name',
        ['age', 'sex', 'cost'],
        [[1, 'x', 2]],
        'names has "cost", which is not an input; expected age, sex, fare',
      ],
      [
        'a name twice',
        ['age', 'sex', 'sex'],
        [[1, 'x', 2]],
        'names has "sex" twice; expected age, sex, fare',
      ],
      ['a missing column', ['age', 'sex'], [[1, 'x']], 'names has no input fare; expected age, sex, fare'],
      [
        'a single row that is no list of rows',
        ['age', 'sex', 'fare'],
        [1, 'x', 2],
        'expected rows with a column for each of the inputs age, sex, fare',
      ],
      [
        'rows of unequal length',
        ['age', 'sex', 'fare'],
        [[1, 'x', 2], [1]],
        'expected rows with a column for each',
      ],
      [
        'an element of another type',
        ['age', 'sex', 'fare'],
        [
          [1, 'x', 2],
          [1, 5, 2],
        ],
        'element 1 of input sex is 5; expected a text',
      ],
    ])('refuses %s', async (_name, names, ndarray, reason) => {
      expect(await refusal(functions, rows(names, ndarray))).toContain(reason);
    });

    test('keeps the digits of 64-bit integers', async () => {
      const longs = serve(
        toOnnx({
          inputs: [tensor('p', 'int64', ['n', 1]), tensor('q', 'int64', ['n', 1])],
          outputs: [tensor('d', 'int64', ['n', 1])],
          nodes: [node('Sub', ['p', 'q'], ['d'])],
        }),
      );
      const tftensor = {
        dtype: 'DT_INT64',
        tensorShape: { dim: [{ size: '1' }, { size: '2' }] },
        int64Val: ['9223372030926249001', '9223372030926249000'],
      };
      const { data } = await answer(longs, { data: { names: ['p', 'q'], tftensor } });
      expect(data.tftensor.int64Val).toEqual(['1']);
    });
  },
);
