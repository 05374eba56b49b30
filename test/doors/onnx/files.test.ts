import { describe, expect, test } from 'vitest';
import { identity, node, tensor, toOnnx } from '../../support/onnx-graph.ts';
import { failure, HAS_RUNTIME, removeGraphs, serve } from '../../support/onnx-model.ts';

removeGraphs();

const unary = (operation: string, more: object = {}) =>
  toOnnx({
    inputs: [tensor('X', 'float32', ['n'])],
    outputs: [tensor('Y', 'float32', ['n'])],
    nodes: [node(operation, ['X'], ['Y'])],
    ...more,
  });

const good = identity('float32', ['n']);
const otherFormat = Buffer.from(good);
otherFormat[1] = 99;

const NOT_ONNX = 'it is cut off, damaged or not an ONNX file: compare it with the original and copy it again';
const TOO_NEW = /; export the model for an older opset, or install a newer onnxruntime-node$/;

describe.skipIf(!HAS_RUNTIME)('OnnxModel (onnxruntime-node has to be installed)', () => {
  test.each<[string, Uint8Array, string | RegExp]>([
    ['an empty file', Buffer.alloc(0), 'graph.onnx is empty; copy the ONNX file again'],
    [
      'a pointer of Git LFS',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n'),
      'graph.onnx is a pointer of Git LFS and not the file itself; run: git lfs pull',
    ],
    ['a text', Buffer.from('<!DOCTYPE html>\n'), NOT_ONNX],
    ['two bytes of a file', good.subarray(0, 2), NOT_ONNX],
    ['half a file', good.subarray(0, good.length / 2), NOT_ONNX],
    ['a file without its last byte', good.subarray(0, -1), NOT_ONNX],
    ['a newer opset', unary('Identity', { opset: 99 }), /Opset 99 is under development/],
    ['a newer opset', unary('Identity', { opset: 99 }), TOO_NEW],
    [
      'a newer format',
      otherFormat,
      /Unsupported model IR version: 99, max supported IR version: \d+; export/,
    ],
    ['an unknown operation', unary('Nope'), /No Op registered for Nope with domain_version of 17/],
    [
      'an unknown operation',
      unary('Nope'),
      /; use operations that onnxruntime-node has, or install a newer one$/,
    ],
    [
      'a type that the runtime has no arrays for',
      toOnnx({
        inputs: [tensor('X', 'float32', ['n'])],
        outputs: [tensor('Y', 'bfloat16', ['n'])],
        nodes: [{ ...node('Cast', ['X'], ['Y']), attributes: { to: 16 } }],
      }),
      /Unsupported data type: 16; cast the inputs and outputs of the graph to other types$/,
    ],
    [
      'weights in a file that is missing',
      toOnnx({
        inputs: [tensor('X', 'float32', ['n'])],
        outputs: [tensor('Y', 'float32', ['n'])],
        nodes: [node('Add', ['X', 'W'], ['Y'])],
        defaults: { W: { type: 'float32', shape: [1], content: 'graph.onnx.data' } },
      }),
      /graph\.onnx\.data.*; put the files with its weights beside it$/,
    ],
  ])('does not start with %s, and says what to do', async (_name, file, reason) => {
    const info = await failure(serve(file));
    expect(info).toMatch(/^graph\.onnx /);
    expect(info).toMatch(reason);
    expect(info).not.toMatch(/onnxruntime_src|\n|std::/);
  });

  test.each<[string, Record<string, string>, string]>([
    ['another output', { output: 'Z' }, 'parameter output is Z; expected one of Y'],
    ['another file', { file: 'net.onnx' }, 'parameter file is net.onnx'],
    ['another parameter', { fiel: 'x' }, 'parameter fiel ("x") is unknown'],
  ])('does not start with %s', async (_name, parameters, reason) => {
    expect(await failure(serve(good, parameters))).toContain(reason);
  });

  test('does not start without outputs', async () => {
    const graph = toOnnx({
      inputs: [tensor('X', 'float32', ['n'])],
      outputs: [],
      nodes: [node('Identity', ['X'], ['Y'])],
    });
    expect(await failure(serve(graph))).toBe('the ONNX graph has no outputs');
  });
});
