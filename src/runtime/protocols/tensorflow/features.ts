import { NdArray } from '../../arrays/ndarray.ts';
import { sizeOf } from '../../arrays/shape.ts';
import { badData } from '../../errors.ts';
import type { Json, PayloadField } from '../../model/model.ts';
import { toColumns } from '../tensors/columns.ts';
import type { Features } from '../tensors/payload-of.ts';
import type { Port } from '../tensors/ports.ts';
import type { Input, Prediction } from './read-prediction.ts';

/**
 * The first two arguments of a method, for a request.
 *
 * - One input: its array.
 * - Several inputs of plain values, one for each row, are columns: one array `[rows, columns]`. So are those
 *   that the metadata has as columns; but those that it has as inputs of their own are not.
 * - Several others: an object of arrays by name.
 * - A model that takes a text or bytes gets the only value; one that takes JSON gets what was sent.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for inputs that the model does not take.
 */
export function featuresOf(
  { inputs, value }: Prediction,
  ports: readonly Port[],
  accepts: readonly PayloadField[] | undefined,
): Features {
  const kind = kindOf(inputs, ports, accepts);
  if (kind === 'jsonData') {
    return { features: (value instanceof NdArray ? value.toNested() : value) as Json, names: [] };
  }
  if (kind !== 'data') {
    const element = onlyElement(inputs);
    if (!isOf(kind, element)) {
      const expected = kind === 'strData' ? 'one text' : 'one {"b64"}';
      throw badData(`${inputs[0]?.place ?? 'inputs'}: the model takes ${expected}`);
    }
    return { features: element as string | Uint8Array, names: [] };
  }
  const columns = columnsOf(inputs, ports);
  const names = inputs.flatMap(({ name }) => name ?? []);
  if (columns !== undefined) {
    const arrays = columns.map(({ array }) => array);
    return { features: toColumns(columns, arrays), names: columns.map(({ name }) => name as string) };
  }
  const [only, ...others] = inputs;
  return only !== undefined && others.length === 0
    ? { features: only.array, names: [] }
    : { features: Object.fromEntries(inputs.map(({ name, array }) => [name, array])), names };
}

/** The field of a SeldonMessage in which the model would get its input: of several, the first that has it. */
function kindOf(
  inputs: readonly Input[],
  ports: readonly Port[],
  accepts: readonly PayloadField[] | undefined,
): PayloadField {
  const [port, ...others] = ports;
  const declared = others.length === 0 ? port?.kind : undefined;
  const kinds = ['strData', 'binData', 'jsonData'] as const;
  const found = kinds.find((kind) => kind === declared);
  if (found !== undefined) {
    return found;
  }
  if (accepts === undefined || accepts.includes('data')) {
    return 'data';
  }
  const element = onlyElement(inputs);
  return accepts.find((kind) => isOf(kind, element)) ?? accepts[0] ?? 'data';
}

/** The only value of a request; undefined where there are several. */
function onlyElement([input, ...others]: readonly Input[]): unknown {
  const isOne = input !== undefined && others.length === 0 && sizeOf(input.array.shape) === 1;
  return isOne ? input.array.toFlat()[0] : undefined;
}

/** Whether a value can be in a field; undefined stands for several values. Anything can be JSON. */
function isOf(kind: PayloadField, element: unknown): boolean {
  return (
    kind === 'jsonData' || (kind === 'strData' ? typeof element === 'string' : element instanceof Uint8Array)
  );
}

/** The inputs in the order of the columns that they are; undefined when they are none. */
function columnsOf(inputs: readonly Input[], ports: readonly Port[]): readonly Input[] | undefined {
  if (inputs.some(({ name }) => name === undefined)) {
    return undefined;
  }
  const [port, ...others] = ports;
  const columns = others.length === 0 ? (port?.columns ?? []) : [];
  const byName = new Map(inputs.map((input) => [input.name, input]));
  const ordered = columns.flatMap((column) => byName.get(column) ?? []);
  if (ordered.length === inputs.length && columns.length === inputs.length) {
    return ordered;
  }
  const isNamed = ports.some(({ name }) => byName.has(name) && name !== undefined);
  return !isNamed && inputs.every(isColumn) ? inputs : undefined;
}

/** Whether an input is one plain value for each row. */
function isColumn({ array }: Input): boolean {
  const { shape, dtype } = array;
  return shape.length === 1 && (dtype !== 'object' || array.toFlat().every(isPlain));
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
