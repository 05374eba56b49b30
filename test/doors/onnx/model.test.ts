import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import expected from '../../fixtures/digits-expected.json' with { type: 'json' };
import { identity, node, tensor, toOnnx } from '../../support/onnx-graph.ts';
import {
  answer,
  HAS_RUNTIME,
  MODELS,
  metadata,
  refusal,
  removeGraphs,
  serve,
} from '../../support/onnx-model.ts';

removeGraphs();

describe.skipIf(!HAS_RUNTIME)('OnnxModel (onnxruntime-node has to be installed)', () => {
  test('serves the digits without a line of code, and says in its metadata what the graph does', async () => {
    const functions = serve(readFileSync(join(MODELS, 'digits.onnx')), {
      class_names: '0,1,2,3,4,5,6,7,8,9',
    });
    const { data } = await answer(functions, { data: { ndarray: expected.X } });
    const errors = (data.ndarray as number[][]).flatMap((row, at) =>
      row.map((value, column) => Math.abs(value - (expected.probabilities[at]?.[column] as number))),
    );
    expect(errors).toHaveLength(expected.probabilities.flat().length);
    expect(Math.max(...errors)).toBeLessThan(1e-5);
    expect(data.names).toEqual([...'0123456789']);
    expect(await metadata(functions)).toMatchObject({
      name: 'graph',
      platform: 'onnx',
      inputs: [{ datatype: 'FP32', shape: [-1, 64] }],
      outputs: [{ datatype: 'FP32', shape: [-1, 10] }],
      custom: {},
    });
  });

  test('names the columns as every model does that has no names for them', async () => {
    const { data } = await answer(serve(identity('float32', ['n', 2])), { data: { ndarray: [[1, 2]] } });
    expect(data).toEqual({ names: ['t:0', 't:1'], ndarray: [[1, 2]] });
  });

  const graph = toOnnx({
    inputs: [
      tensor('left', 'float32', ['n', 2]),
      tensor('right', 'float32', ['n', 2]),
      tensor('id', 'int64', ['n']),
    ],
    outputs: [tensor('sum', 'float32', ['n', 2]), tensor('same', 'int64', ['n'])],
    nodes: [node('Add', ['left', 'right'], ['sum']), node('Identity', ['id'], ['same'])],
  });
  const message = { jsonData: { left: [[1, 2]], right: [[10, 20.5]], id: [7] } };

  test('takes several inputs by name, and answers several outputs by name', async () => {
    const functions = serve(graph);
    expect((await answer(functions, message)).jsonData).toEqual({ sum: [[11, 22.5]], same: [7] });
    expect(await refusal(functions, { jsonData: { left: [[1, 2]], right: [[1, 2]] } })).toBe(
      'jsonData has no input id; expected left, right, id',
    );
    expect(await refusal(functions, { jsonData: { ...message.jsonData, ID: [1] } })).toBe(
      'jsonData has "ID", which is not an input; expected left, right, id',
    );
    expect(await refusal(functions, { data: { names: ['left', 'right'], ndarray: [[1, 2]] } })).toBe(
      'the features are an array of shape (1,2), dtype float64; expected jsonData with the inputs left, right, id',
    );
    expect((await metadata(functions)).inputs).toEqual([
      {
        messagetype: 'jsonData',
        schema: {
          left: { type: 'float32', shape: ['n', 2] },
          right: { type: 'float32', shape: ['n', 2] },
          id: { type: 'int64', shape: ['n'] },
        },
      },
    ]);
  });

  test('answers the output that is chosen', async () => {
    const { data } = await answer(serve(graph, { output: 'sum' }), message);
    expect(data.tensor).toEqual({ shape: [1, 2], values: [11, 22.5] });
  });

  test('refuses text where an array is asked for', async () => {
    expect(await refusal(serve(identity('float32', ['n'])), { strData: 'x' })).toBe(
      'the features are a string; expected an array',
    );
  });
});
