import { isRecord } from '../../objects.ts';
import type { UnitDescription } from '../protocol.ts';
import { type Datatype, isDatatype } from './datatypes.ts';

/** An input or output in the metadata of a model, as far as it can be used. */
export interface Port {
  /** The name of its tensor; undefined: the metadata names none. */
  readonly name: string | undefined;
  readonly datatype: Datatype | undefined;
  /** The field of a SeldonMessage that would carry it; undefined: the metadata says none. */
  readonly kind: string | undefined;
  /** The names of the columns of its array; empty without. */
  readonly columns: readonly string[];
}

/** The inputs or outputs of a model; what its metadata say wrongly counts as not said. */
export function portsOf({ metadata }: UnitDescription, direction: 'inputs' | 'outputs'): readonly Port[] {
  const ports = metadata[direction];
  return Array.isArray(ports) ? ports.map(toPort) : [];
}

function toPort(port: unknown): Port {
  const { name, datatype, messagetype, schema } = isRecord(port) ? port : {};
  const names = isRecord(schema) ? schema.names : undefined;
  return {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    datatype: isDatatype(datatype) ? datatype : undefined,
    kind: typeof messagetype === 'string' ? messagetype : undefined,
    columns: Array.isArray(names) && names.every((each) => typeof each === 'string') ? names : [],
  };
}
