import { describe, expect, test } from 'vitest';
import {
  type AxisLength,
  identity,
  node,
  sequence,
  sequenceOfMaps,
  tensor,
  toOnnx,
} from '../../support/onnx-graph.ts';
import {
  answer,
  failure,
  HAS_RUNTIME,
  metadata,
  predict,
  refusal,
  removeGraphs,
  serve,
} from '../../support/onnx-model.ts';

removeGraphs();

const ndarray = (nested: unknown) => ({ data: { ndarray: nested } });

describe.skipIf(!HAS_RUNTIME)('shapes (onnxruntime-node has to be installed)', () => {
  test.each([
    ['too few columns', ['n', 2], [[1]], 'input X has shape (1,1); expected (n,2)'],
    ['too few axes', ['n', 2], [1, 2], 'input X has shape (2); expected (n,2)'],
    ['too many axes', [undefined, 2], [[[1, 2]]], 'input X has shape (1,1,2); expected (?,2)'],
    ['a single value', [2], 1, 'input X has shape (); expected (2)'],
    [
      'rows of unequal length',
      ['n', 2],
      [[1, 2], [1]],
      'input X has lists of unequal length; expected shape (n,2)',
    ],
    [
      'lists of unequal length inside',
      ['n', 'm', 2],
      [[[1, 2]], [[1]]],
      'input X has lists of unequal length',
    ],
  ] as [string, AxisLength[], unknown, string][])('refuse %s', async (_name, shape, nested, reason) => {
    expect(await refusal(serve(identity('float32', shape)), ndarray(nested))).toContain(reason);
  });

  test('are all served where the graph says none', async () => {
    const functions = serve(identity('float32'));
    for (const nested of [[[1, 2, 3]], [1, 2], [[[1], [2]]], 5, [[], []]]) {
      expect((await answer(functions, ndarray(nested))).data.ndarray).toEqual(nested);
    }
    expect(await refusal(functions, ndarray([[1, 2], [1]]))).toBe(
      'input X has lists of unequal length; expected an array of any shape',
    );
    expect((await metadata(functions)).inputs).toMatchObject([{ shape: [-1] }]);
  });

  test.each([
    ['(n,5)', ['n', 5], [], []],
    ['(n,m,5)', ['n', 'm', 5], [[], []], [[], []]],
    ['(3,n)', [3, 'n'], [], [[], [], []]],
    ['(?,2)', [undefined, 2], [], []],
    ['(n)', ['n'], [], []],
    ['(0,2)', [0, 2], [], []],
  ] as [string, AxisLength[], unknown, unknown][])(
    '%s takes a list without elements',
    async (_name, shape, nested, expected) => {
      const functions = serve(identity('float32', shape));
      expect((await answer(functions, ndarray(nested))).data.ndarray).toEqual(expected);
    },
  );

  test('refuse a list without elements where there have to be some', async () => {
    expect(await refusal(serve(identity('float32', [1, 5])), ndarray([]))).toBe(
      'input X has shape (0); expected (1,5)',
    );
    expect(await refusal(serve(identity('float32', ['n', 5])), ndarray([[], []]))).toBe(
      'input X has shape (2,0); expected (n,5)',
    );
  });

  test('of several inputs may be empty', async () => {
    const graph = toOnnx({
      inputs: [tensor('x', 'float32', ['n', 5]), tensor('y', 'float32', ['m'])],
      outputs: [tensor('a', 'float32', ['n', 5]), tensor('b', 'float32', ['m'])],
      nodes: [node('Identity', ['x'], ['a']), node('Identity', ['y'], ['b'])],
    });
    expect((await answer(serve(graph), { jsonData: { x: [], y: [1] } })).jsonData).toEqual({ a: [], b: [1] });
  });
});

describe.skipIf(!HAS_RUNTIME)('what the graph cannot compute (onnxruntime-node has to be installed)', () => {
  test('is refused, and the log has nothing of it', async () => {
    const graph = toOnnx({
      inputs: [tensor('X', 'float32', ['n']), tensor('at', 'int64', ['m'])],
      outputs: [tensor('Y', 'float32', ['m'])],
      nodes: [node('Gather', ['X', 'at'], ['Y'])],
    });
    expect(await refusal(serve(graph), { jsonData: { X: [1], at: [5] } })).toBe(
      'the ONNX graph cannot compute this input: Gather node: indices element out of data bounds, idx=5 must be within the inclusive range [-1,0]',
    );
  });

  test('is told without the source files of the runtime', async () => {
    const graph = toOnnx({
      inputs: [tensor('X', 'float32', ['n']), tensor('W', 'float32', ['m'])],
      outputs: [tensor('Y', 'float32', ['k'])],
      nodes: [node('Add', ['X', 'W'], ['Y'])],
    });
    const info = await refusal(serve(graph), { jsonData: { X: [1, 2, 3], W: [1, 2] } });
    expect(info).toMatch(/^the ONNX graph cannot compute this input: Add node: axis == 1 .* 2 by 3$/);
  });

  test('because it takes too much memory is 413', async () => {
    const graph = toOnnx({
      inputs: [tensor('S', 'int64', ['n'])],
      outputs: [tensor('Y', 'float32')],
      nodes: [node('ConstantOfShape', ['S'], ['Y'])],
    });
    const { status, text } = await predict(serve(graph), ndarray([1e6, 1e9]));
    expect(status, text).toBe(413);
    expect(JSON.parse(text).status.info).toBe(
      'the ONNX graph needs more memory for this input than there is',
    );
  });
});

describe.skipIf(!HAS_RUNTIME)('a graph (onnxruntime-node has to be installed)', () => {
  const classifier = toOnnx({
    inputs: [tensor('X', 'float32', ['n', 2])],
    outputs: [tensor('output_label', 'float32', ['n', 2]), sequenceOfMaps('output_probability')],
    nodes: [
      node('Identity', ['X'], ['output_label']),
      {
        ...node('ZipMap', ['X'], ['output_probability']),
        domain: 'ai.onnx.ml',
        attributes: { classlabels_int64s: [0, 1] },
      },
    ],
  });

  test.each([{}, { output: 'output_label' }])(
    'with a map among its outputs serves the tensors',
    async (parameters) => {
      const functions = serve(classifier, parameters as Record<string, string>);
      expect((await answer(functions, ndarray([[1, 2]]))).data.ndarray).toEqual([[1, 2]]);
      const { outputs, custom } = await metadata(functions);
      expect(outputs).toMatchObject([{ shape: [-1, 2] }]);
      expect(custom).toEqual({
        'left out': 'output_probability: not a tensor but a sequence, a map or an optional value',
      });
    },
  );

  test('refuses to answer the map, and says how to do without it', async () => {
    expect(await failure(serve(classifier, { output: 'output_probability' }))).toBe(
      'parameter output is output_probability, which is not a tensor but a sequence, a map or an optional value; expected one of output_label; sklearn-onnx makes a tensor of the map of probabilities with the option zipmap=False',
    );
  });

  test('without an output that is a tensor is not served', async () => {
    const graph = toOnnx({
      inputs: [tensor('X', 'float32', ['n'])],
      outputs: [sequence('Y', 'float32')],
      nodes: [node('SequenceConstruct', ['X'], ['Y'])],
    });
    expect(await failure(serve(graph))).toBe(
      'no output of the ONNX graph can be served: Y: not a tensor but a sequence, a map or an optional value; sklearn-onnx makes a tensor of the map of probabilities with the option zipmap=False',
    );
  });

  test('that takes anything but tensors is not served', async () => {
    const graph = toOnnx({
      inputs: [sequence('X', 'float32')],
      outputs: [tensor('Y', 'int64', [])],
      nodes: [node('SequenceLength', ['X'], ['Y'])],
    });
    expect(await failure(serve(graph))).toBe(
      'the ONNX graph has inputs that cannot be served: X: not a tensor but a sequence, a map or an optional value; export it with other inputs',
    );
  });

  test('without inputs takes a message without any', async () => {
    const value = { type: 'int32', shape: [2], content: new Uint8Array(Int32Array.of(1, 2).buffer) } as const;
    const functions = serve(
      toOnnx({
        inputs: [],
        outputs: [tensor('Y', 'int32', [2])],
        nodes: [{ ...node('Constant', [], ['Y']), attributes: { value } }],
      }),
    );
    expect((await answer(functions, { jsonData: {} })).data.tensor.values).toEqual([1, 2]);
    expect((await answer(functions, ndarray([]))).data.ndarray).toEqual([1, 2]);
    expect(await refusal(functions, ndarray([1]))).toBe(
      'the features are an array of shape (1), dtype float64; the ONNX graph has no inputs: expected jsonData {}',
    );
    expect(await refusal(functions, { jsonData: { X: 1 } })).toBe(
      'jsonData has "X", which is not an input; the ONNX graph has no inputs: expected jsonData {}',
    );
    expect((await metadata(functions)).inputs).toEqual([{ messagetype: 'jsonData', schema: {} }]);
  });

  test('may have a default for an input', async () => {
    const value = {
      type: 'float32',
      shape: [1],
      content: new Uint8Array(Float32Array.of(5).buffer),
    } as const;
    const functions = serve(
      toOnnx({
        inputs: [tensor('X', 'float32', ['n']), tensor('W', 'float32', [1])],
        outputs: [tensor('Y', 'float32', ['n'])],
        nodes: [node('Add', ['X', 'W'], ['Y'])],
        defaults: { W: value },
      }),
    );
    expect((await answer(functions, ndarray([1, 2]))).data.ndarray).toEqual([6, 7]);
  });

  test('may give its inputs and outputs the names of members of objects', async () => {
    const functions = serve(
      toOnnx({
        inputs: [tensor('__proto__', 'float32', ['n']), tensor('constructor', 'float32', ['n'])],
        outputs: [tensor('toString', 'float32', ['n']), tensor('hasOwnProperty', 'float32', ['n'])],
        nodes: [
          node('Add', ['__proto__', 'constructor'], ['toString']),
          node('Neg', ['toString'], ['hasOwnProperty']),
        ],
      }),
    );
    const { jsonData } = await answer(functions, '{"jsonData":{"__proto__":[1],"constructor":[2]}}');
    expect(jsonData).toEqual({ toString: [3], hasOwnProperty: [-3] });
  });
});
