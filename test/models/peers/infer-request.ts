import { type Meta, NdArray, type Payload, SeldonError } from 'seldon-lambda';

/** The parts of an Open Inference request that a model finds in `meta`. */
export interface InferRequest {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly inputs: readonly {
    readonly name: string;
    readonly datatype: string;
    readonly shape: readonly number[];
    readonly parameters?: Readonly<Record<string, unknown>>;
  }[];
  /** The names of the outputs that are asked for; empty for all. */
  readonly outputs: readonly string[];
}

/** Reads `meta` as the meta of an Open Inference request. */
export function inferRequest(meta: Meta | undefined): InferRequest {
  const { parameters = {}, inputs = [], outputs = [] } = (meta ?? {}) as Partial<InferRequest>;
  return { parameters, inputs, outputs };
}

/** The inputs by name, however many there are. */
export function namedInputs(X: Payload, meta: Meta | undefined): Record<string, Payload> {
  const { inputs } = inferRequest(meta);
  const [only, ...more] = inputs;
  return only !== undefined && more.length === 0 ? { [only.name]: X } : (X as Record<string, Payload>);
}

/** The only input, which must be an array: what MLServer's numpy codec takes. */
export function onlyArray(X: Payload): NdArray {
  if (!(X instanceof NdArray)) {
    throw new SeldonError('MICROSERVICE_BAD_DATA', 'expected one array');
  }
  return X;
}
