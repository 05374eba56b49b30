/** Element types by their names at runtime; below those of ONNX Runtime, types that it has no arrays for. */
export const TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
  int4: 22,
} as const;

/** A name of an element type. */
export type ElementType = keyof typeof TYPES;

/** The length of an axis: a number, a name for a length that varies, or undefined if it has no name. */
export type AxisLength = number | string | undefined;

/** An input or output of a graph. */
export interface GraphValue {
  readonly name: string;
  /** The protobuf message of its type. */
  readonly type: Buffer;
}

/** An operation of ONNX. */
export interface GraphNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** A whole number, a list of them, or a constant. */
  readonly attributes?: Readonly<Record<string, number | readonly number[] | Constant>>;
  /** The set of operations; default: ONNX' own. */
  readonly domain?: 'ai.onnx.ml';
}

/** A constant array. */
export interface Constant {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Its bytes in little-endian order, its texts, or the name of a file that has the bytes. */
  readonly content: Uint8Array | readonly string[] | string;
}

/** A tensor; without `shape` its number of axes is not known, either. */
export function tensor(name: string, type: ElementType, shape?: readonly AxisLength[]): GraphValue {
  return { name, type: tensorType(type, shape) };
}

/** A list of tensors. */
export function sequence(name: string, type: ElementType): GraphValue {
  return { name, type: message(4, [message(1, [tensorType(type)])]) };
}

/** A list of objects with whole numbers as keys, as ZipMap makes it of probabilities. */
export function sequenceOfMaps(name: string): GraphValue {
  const map = message(5, [number(1, TYPES.int64), message(2, [tensorType('float32')])]);
  return { name, type: message(4, [message(1, [map])]) };
}

/** A tensor that may be missing. */
export function optional(name: string, type: ElementType, shape: readonly AxisLength[]): GraphValue {
  return { name, type: message(9, [message(1, [tensorType(type, shape)])]) };
}

/** An operation without attributes. */
export function node(operation: string, inputs: readonly string[], outputs: readonly string[]): GraphNode {
  return { operation, inputs, outputs };
}

/** A graph whose output Y is its input X. */
export function identity(type: ElementType, shape?: readonly AxisLength[]): Uint8Array {
  return toOnnx({
    inputs: [tensor('X', type, shape)],
    outputs: [tensor('Y', type, shape)],
    nodes: [node('Identity', ['X'], ['Y'])],
  });
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
  /** Values that an input has when it does not come. */
  readonly defaults?: Readonly<Record<string, Constant>>;
  /** The version of ONNX' operations; default: 17. */
  readonly opset?: number;
}): Uint8Array {
  const body = message(7, [
    ...graph.nodes.map(toNode),
    text(2, 'graph'),
    ...Object.entries(graph.defaults ?? {}).map(([name, value]) =>
      message(5, [...toConstant(value), text(8, name)]),
    ),
    ...graph.inputs.map((value) => message(11, toValue(value))),
    ...graph.outputs.map((value) => message(12, toValue(value))),
  ]);
  const operations = message(8, [number(2, graph.opset ?? 17)]);
  const others = message(8, [text(1, 'ai.onnx.ml'), number(2, 3)]);
  return Buffer.concat([number(1, 8), body, operations, others]);
}

function toNode({ operation, inputs, outputs, attributes = {}, domain }: GraphNode): Buffer {
  return message(1, [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operation),
    ...Object.entries(attributes).map(([name, value]) => message(5, [text(1, name), ...toAttribute(value)])),
    ...(domain === undefined ? [] : [text(7, domain)]),
  ]);
}

function toAttribute(value: number | readonly number[] | Constant): Buffer[] {
  if (typeof value === 'number') {
    return [number(3, value), number(20, 2)];
  }
  if ('type' in value) {
    return [message(5, toConstant(value)), number(20, 4)];
  }
  return [...value.map((each) => number(8, each)), number(20, 7)];
}

function toConstant({ type, shape, content }: Constant): Buffer[] {
  return [...shape.map((length) => number(1, length)), number(2, TYPES[type]), ...toContent(content)];
}

function toContent(content: Constant['content']): Buffer[] {
  if (typeof content === 'string') {
    return [message(13, [text(1, 'location'), text(2, content)]), number(14, 1)];
  }
  return content instanceof Uint8Array
    ? [message(9, [Buffer.from(content)])]
    : content.map((each) => text(6, each));
}

function toValue({ name, type }: GraphValue): Buffer[] {
  return [text(1, name), message(2, [type])];
}

function tensorType(type: ElementType, shape?: readonly AxisLength[]): Buffer {
  const axes = shape?.map((length) => {
    if (length === undefined) {
      return message(1, []);
    }
    return message(1, [typeof length === 'number' ? number(1, length) : text(2, length)]);
  });
  return message(1, [number(1, TYPES[type]), ...(axes === undefined ? [] : [message(2, axes)])]);
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
  // A negative number is written as the unsigned 64-bit integer with the same bits.
  for (let rest = BigInt.asUintN(64, BigInt(value)); bytes.length === 0 || rest > 0n; rest >>= 7n) {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
  }
  return Buffer.from(bytes);
}
