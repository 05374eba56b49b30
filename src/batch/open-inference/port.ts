import { type Datatype, isDatatype } from '../../runtime/arrays/datatypes.ts';
import { isRecord } from '../../runtime/objects.ts';

/** An input of a model, as its metadata describe it. */
export interface Port {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 is a length that varies. */
  readonly shape: readonly number[];
}

/** Names a tensor where the metadata name none, as this project and MLServer do. */
const NAMELESS = 'input-0';

/** Describes the one input of a model that has told nothing of it. */
export function unknownPort(datatype: Datatype): Port {
  return { name: NAMELESS, datatype, shape: [] };
}

/** The inputs in the metadata of a model; none when there are no metadata, or when they tell of none. */
export function readPorts(metadata: unknown): Port[] {
  const inputs = isRecord(metadata) && Array.isArray(metadata.inputs) ? metadata.inputs.filter(isRecord) : [];
  return inputs.flatMap(({ name, datatype, shape }) =>
    typeof name === 'string' && isDatatype(datatype)
      ? [{ name, datatype, shape: Array.isArray(shape) ? shape.map(Number) : [] }]
      : [],
  );
}
