import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayOf, DTYPES, json } from '../../support/arbitraries.ts';
import { identity, node, tensor, toOnnx } from '../../support/onnx-graph.ts';
import { HAS_RUNTIME, predict, removeGraphs, serve } from '../../support/onnx-model.ts';

removeGraphs();

const lists = fc.oneof(
  json,
  fc
    .constantFrom(...DTYPES.filter((dtype) => dtype !== 'object'))
    .chain((dtype) => arrayOf(dtype).map((array) => array.toNested())),
);
const names = fc.array(fc.constantFrom('a', 'b', 'X', '__proto__'), { maxLength: 3 });
const message = fc.oneof(
  fc.record({ data: fc.record({ names, ndarray: lists }) }),
  fc.record({ jsonData: fc.record({ X: lists }) }),
  fc.record({ jsonData: fc.record({ a: lists, b: lists }) }),
  fc.record({ jsonData: json }),
  fc.record({ data: fc.record({ names, ndarray: fc.array(fc.tuple(json, json), { maxLength: 3 }) }) }),
);

function toText(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? Number(inner) : inner));
}

const GRAPHS = {
  'floats of any shape': identity('float32'),
  'rows of long integers': identity('int64', ['n', 2]),
  'texts of any shape': identity('string'),
  'a shape that the caller chooses': toOnnx({
    inputs: [tensor('a', 'float64'), tensor('b', 'int64', ['n'])],
    outputs: [tensor('Y', 'float64')],
    nodes: [node('Reshape', ['a', 'b'], ['Y'])],
  }),
};

describe.skipIf(!HAS_RUNTIME)('OnnxModel (onnxruntime-node has to be installed)', () => {
  test.each(Object.entries(GRAPHS))('answers or refuses any message: %s', async (_name, graph) => {
    const functions = serve(graph);
    await fc.assert(
      fc.asyncProperty(message, async (value) => {
        const { status, text } = await predict(functions, toText(value));
        expect([200, 400, 413], text).toContain(status);
      }),
    );
  });
});
