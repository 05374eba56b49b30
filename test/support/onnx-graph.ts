/**
 * An input or output: the number of its element type in ONNX, and its lengths; a name for a length that
 * varies.
 */
export interface GraphValue {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly (number | string)[];
}

/** Element types by their names at runtime. */
export const TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

/** An operation of ONNX without attributes. */
export interface GraphNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * A file of a graph, in ONNX' protobuf messages.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function toOnnx(graph: {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
}): Uint8Array {
  const nodes = graph.nodes.map(({ operation, inputs, outputs }) =>
    message(1, [
      ...inputs.map((name) => text(1, name)),
      ...outputs.map((name) => text(2, name)),
      text(4, operation),
    ]),
  );
  const inputs = graph.inputs.map((value) => message(11, toValue(value)));
  const outputs = graph.outputs.map((value) => message(12, toValue(value)));
  const body = message(7, [...nodes, text(2, 'graph'), ...inputs, ...outputs]);
  return Buffer.concat([number(1, 8), body, message(8, [number(2, 17)])]);
}

function toValue({ name, type, shape }: GraphValue): Buffer[] {
  const lengths = shape.map((length) =>
    message(1, [typeof length === 'number' ? number(1, length) : text(2, length)]),
  );
  return [text(1, name), message(2, [message(1, [number(1, type), message(2, lengths)])])];
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function text(field: number, value: string): Buffer {
  return message(field, [Buffer.from(value)]);
}

function message(field: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(rest > 127 ? (rest % 128) | 128 : rest);
  }
  return Buffer.from(bytes);
}
