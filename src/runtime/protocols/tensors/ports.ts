import { type Datatype, datatypeOf, isDatatype } from '../../arrays/datatypes.ts';
import type { DType } from '../../arrays/dtype.ts';
import { isLength } from '../../arrays/shape.ts';
import { isRecord } from '../../objects.ts';
import type { UnitDescription } from '../protocol.ts';

/** An input or output in the metadata of a model, as far as it can be used. */
export interface Port {
  /** The name of its tensor; undefined: the metadata names none. */
  readonly name: string | undefined;
  readonly datatype: Datatype | undefined;
  /** The field of a SeldonMessage that would carry it; undefined: the metadata says none. */
  readonly kind: string | undefined;
  /** What the elements of its BYTES are, in MLServer's words; default: the metadata does not say it. */
  readonly contentType?: unknown;
  /** The names of the columns of its array; empty without. */
  readonly columns: readonly string[];
}

/** The inputs or outputs of a model; what its metadata say wrongly counts as not said. */
export function portsOf({ metadata }: UnitDescription, direction: 'inputs' | 'outputs'): readonly Port[] {
  const ports = metadata[direction];
  return Array.isArray(ports) ? ports.flatMap(toPorts) : [];
}

function toPorts(port: unknown): readonly Port[] {
  const named = namedTensors(port);
  if (named !== undefined) {
    return named.map(({ name, datatype }) => ({ name, datatype, kind: undefined, columns: [] }));
  }
  const { name, datatype, messagetype, schema, parameters } = isRecord(port) ? port : {};
  const names = isRecord(schema) ? schema.names : undefined;
  return [
    {
      name: typeof name === 'string' && name !== '' ? name : undefined,
      datatype: isDatatype(datatype) ? datatype : undefined,
      kind: typeof messagetype === 'string' ? messagetype : undefined,
      contentType: isRecord(parameters) ? parameters.content_type : undefined,
      columns: Array.isArray(names) && names.every((each) => typeof each === 'string') ? names : [],
    },
  ];
}

/** A tensor that the metadata describes; -1 is a length that varies. */
export interface NamedTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/**
 * The tensors of a `jsonData` that is described as arrays by name, `{x: {type: 'float32', shape: ['n', 2]}}`,
 * as that of an ONNX graph with several inputs is; undefined for any other port.
 */
export function namedTensors(port: unknown): readonly NamedTensor[] | undefined {
  const { messagetype, schema } = isRecord(port) ? port : {};
  const members = messagetype === 'jsonData' && isRecord(schema) ? Object.entries(schema) : [];
  const tensors = members.flatMap(([name, member]) => {
    const { type, shape = [-1] } = isRecord(member) ? member : {};
    const datatype = datatypeOf(type as DType);
    return datatype !== undefined && Array.isArray(shape)
      ? [{ name, datatype, shape: shape.map((length) => (isLength(length) ? length : -1)) }]
      : [];
  });
  return members.length > 0 && tensors.length === members.length ? tensors : undefined;
}
