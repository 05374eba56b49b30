import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** A graph's input or output that can be served. */
export interface Signature {
  readonly name: string;
  readonly type: ServedType;
  /**
   * Length of each axis: a number, or a name for a length that varies; the name is empty where the graph has
   * none. Without axes it is a single value, or an array of any shape: ONNX Runtime does not say which.
   */
  readonly shape: readonly (number | string)[];
}

/** A type of elements that JSON can express. */
export type ServedType = (typeof SERVED_TYPES)[number];

const SERVED_TYPES = [
  'float16',
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
] as const satisfies readonly Tensor.Type[];

/** The inputs or outputs of a graph: those that can be served, and for each other one the reason why not. */
export interface Signatures {
  readonly served: readonly Signature[];
  /** By name: `a tensor of type int4`. */
  readonly others: ReadonlyMap<string, string>;
}

/** Divides the inputs or outputs of a graph into those that can be served and the others. */
export function signaturesOf(values: readonly InferenceSession.ValueMetadata[]): Signatures {
  const served: Signature[] = [];
  const others = new Map<string, string>();
  for (const value of values) {
    const reason = reasonAgainst(value);
    if (reason === undefined) {
      served.push(value as Signature);
    } else {
      others.set(value.name, reason);
    }
  }
  return { served, others };
}

function reasonAgainst(value: InferenceSession.ValueMetadata): string | undefined {
  if (!value.isTensor) {
    return 'not a tensor but a sequence, a map or an optional value';
  }
  const { type } = value;
  return SERVED_TYPES.some((each) => each === type) ? undefined : `a tensor of type ${type}`;
}

/** The names of inputs or outputs, for an error message. */
export function namesOf(signatures: readonly Signature[]): string {
  return signatures.map(({ name }) => name).join(', ');
}

/** The lengths of a shape, for people: `(n,?,2)`. */
export function showShape(shape: Signature['shape']): string {
  return `(${shape.map((length) => (length === '' ? '?' : length)).join(',')})`;
}
