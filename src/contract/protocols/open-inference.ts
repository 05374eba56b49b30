import { UserError } from '../../bundle/user-error.ts';
import { readOutputs } from '../../client/infer-answer.ts';
import type { InferInput } from '../../client/infer-input.ts';
import type { InferOutput } from '../../client/infer-output.ts';
import { toInferBody } from '../../client/infer-request.ts';
import { type Fault, fault } from '../fault.ts';
import type { Sample } from '../sample.ts';
import { refuseMixed, typeOfAll } from '../value-types.ts';
import type { Protocol, Requested, Table } from './protocol.ts';

/** The name of the only tensor, unless the command line has another. */
const DEFAULT_NAME = 'input-0';

/**
 * The Open Inference Protocol, version 2. The features are one tensor of shape `[rows, ...]`, or one for each
 * column, as MLServer has a data frame.
 */
export const openInference: Protocol = {
  name: 'v2',
  endpoints: ['predict'],
  options: ['binary', 'columns', 'input'],
  hasModel: true,
  pathOf: (_endpoint, model) => `v2/models/${encodeURIComponent(model)}/infer`,
  refuseUnfit(requested) {
    const { contract, columns, input } = requested;
    refuseMixed(contract.features);
    const isSplit = isInColumns(requested);
    if (isSplit && contract.features.shape.length > 1) {
      throw new UserError(
        `features: expected columns without a shape${columns ? ', for --columns' : ', or values of one type, because a tensor has one'}`,
      );
    }
    if (isSplit && input !== undefined) {
      throw new UserError(
        'features: expected values of one type, for --input: otherwise each column is a tensor of its own name',
      );
    }
  },
  toMessage(requested, { rows }) {
    const options = isInColumns(requested) ? { parameters: { content_type: 'pd' } } : {};
    const inputs = isInColumns(requested) ? toColumns(requested, rows) : [toTensor(requested, rows)];
    const write = (binary: boolean) => {
      try {
        return toInferBody(inputs, { ...options, binary });
      } catch (error) {
        // Values that the datatype of --input does not have.
        throw error instanceof TypeError ? new UserError(`--input: ${error.message}`) : error;
      }
    };
    return { ...write(requested.binary), toJson: () => write(false).body as string };
  },
  faultOf(json, { tail }) {
    const outputs = outputsOf(json, tail);
    return 'check' in outputs ? outputs : undefined;
  },
  readTable(json, { tail }, { names: { length } }) {
    const outputs = outputsOf(json, tail);
    if ('check' in outputs) {
      return outputs;
    }
    const [output] = outputs;
    if (output !== undefined && outputs.length === 1) {
      return { shape: output.shape, values: valuesOf(output), names: undefined, isNamed: false };
    }
    return joinColumns(outputs, length);
  },
};

/** Values of several types are not one tensor. */
function isInColumns({ columns, contract }: Requested): boolean {
  return columns || typeOfAll(contract.features.columns) === undefined;
}

function toTensor({ contract, input }: Requested, rows: Sample['rows']): InferInput {
  const { columns, shape } = contract.features;
  return {
    name: input?.name ?? DEFAULT_NAME,
    datatype: input?.datatype ?? typeOfAll(columns),
    shape: [rows.length, ...shape],
    data: rows.flatMap(([features = []]) => features),
  };
}

function toColumns({ contract }: Requested, rows: Sample['rows']): InferInput[] {
  return contract.features.columns.map((column, index) => ({
    name: contract.features.names[index]?.text ?? column.name,
    datatype: typeOfAll([column]),
    shape: [rows.length, 1],
    data: rows.map(([features = []]) => features[index]),
  }));
}

function outputsOf(json: Readonly<Record<string, unknown>>, tail: Uint8Array<ArrayBuffer> | undefined) {
  try {
    const outputs = readOutputs(json, tail);
    for (const output of outputs) {
      output.array.toFlat();
    }
    return outputs;
  } catch (error) {
    return toFault((error as Error).message);
  }
}

/** A fault of an error as `output y: data: expected 2 values, got 1`. */
function toFault(message: string): Fault {
  const [expected, got] = [message.indexOf('expected '), message.lastIndexOf(', got ')];
  if (expected < 0 || got < expected) {
    return fault('outputs', 'tensors that can be read', message);
  }
  const place = expected === 0 ? '' : ` in ${message.slice(0, expected - ': '.length)}`;
  const words = message.slice(expected + 'expected '.length, got);
  return fault('outputs', words + place, message.slice(got + ', got '.length));
}

/** A table of outputs of one column each. */
function joinColumns(outputs: readonly InferOutput[], expected: number): Table | Fault {
  const names = outputs.map(({ name }) => name);
  const shapes = outputs.map(({ shape }) =>
    shape.length === 2 && shape[1] === 1 ? shape.slice(0, 1) : shape,
  );
  const [rows] = shapes[0] ?? [];
  if (
    rows === undefined ||
    outputs.length !== expected ||
    !shapes.every((shape) => `${shape}` === `${rows}`)
  ) {
    const found = outputs.map(({ name, shape }) => `${name} (${shape})`).join(', ') || 'none';
    return fault('shape', `one output, or ${expected} of shape (rows) or (rows,1)`, found);
  }
  const columns = outputs.map(valuesOf);
  const values = Array.from({ length: rows }, (_, row) => columns.map((column) => column[row])).flat();
  return { shape: [rows, outputs.length], values, names, isNamed: true };
}

/** Integers of 64 bits are bigints only where a number does not have all their digits. */
function valuesOf({ array }: InferOutput): readonly unknown[] {
  return array
    .toFlat()
    .map((value) =>
      typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value,
    );
}
