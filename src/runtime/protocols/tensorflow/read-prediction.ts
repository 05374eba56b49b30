import { fromNested } from '../../arrays/from-nested.ts';
import { NdArray } from '../../arrays/ndarray.ts';
import { fromBase64 } from '../../base64.ts';
import { badData } from '../../errors.ts';
import type { ArrayPlaces } from '../../json/array-marks.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';

/** Where a request has long lists of numbers. */
export const ARRAYS: ArrayPlaces = {
  paths: [['instances'], ['inputs']],
  messagesOf: (json) => [json],
};

/** Where the answers that are combined have them. */
export const ANSWERS: ArrayPlaces = {
  paths: [['predictions'], ['outputs']],
  messagesOf: (json) => (Array.isArray(json) ? json : []),
};

/** An input with its array. */
export interface Input {
  /** Undefined: the request names none. */
  readonly name: string | undefined;
  readonly array: NdArray;
  /** Its place in the request, for errors. */
  readonly place: string;
}

/** A request of `:predict`. */
export interface Prediction {
  /** Whether the request has its values row by row; its answer then has them so, too. */
  readonly format: 'instances' | 'inputs';
  /** The inputs: one without a name, or one or more with names. */
  readonly inputs: readonly Input[];
  /** The value as it was sent, for a model that takes JSON. */
  readonly value: unknown;
  readonly signatureName: string | undefined;
}

/**
 * Reads the JSON of a request: `instances`, a list of rows, or `inputs`, the tensor of an input or an object
 * of several. Where there are both, `inputs` count, as with KServe.
 *
 * An object `{"b64": "..."}` stands for bytes, wherever a value may be.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the place of what is wrong.
 */
export function readPrediction(json: unknown): Prediction {
  if (!isRecord(json)) {
    throw badData(`the request: expected an object with instances or inputs, got ${show(json)}`);
  }
  const { instances, inputs, signature_name: name } = json;
  if (name !== undefined && name !== null && typeof name !== 'string') {
    throw badData(`signature_name: expected a text, got ${show(name)}`);
  }
  return readValues({ instances, inputs }, ['instances', 'inputs'], '', name ?? undefined);
}

/**
 * Reads an answer, of which a combiner gets several: `predictions` or `outputs`.
 *
 * @param place - of the answer in the request, as `[0].`.
 */
export function readAnswer(json: unknown, place: string): Prediction {
  const { predictions, outputs } = isRecord(json) ? json : {};
  return readValues({ predictions, outputs }, ['predictions', 'outputs'], place);
}

function readValues(
  members: Readonly<Record<string, unknown>>,
  [byRow, byName]: readonly [string, string],
  place: string,
  signatureName?: string,
): Prediction {
  const { [byRow]: rows, [byName]: columns } = members;
  // Null counts as not given, as in any other place.
  if (columns != null) {
    const inputs = readInputs(columns, `${place}${byName}`);
    return { format: 'inputs', inputs, value: columns, signatureName };
  }
  if (rows == null) {
    throw badData(`${place || 'the request: '}expected ${byRow} or ${byName}`);
  }
  const inputs = readInstances(rows, `${place}${byRow}`);
  return { format: 'instances', inputs, value: rows, signatureName };
}

function readInputs(inputs: unknown, place: string): readonly Input[] {
  if (!isRecord(inputs) || isBytes(inputs) || inputs instanceof NdArray) {
    return [{ name: undefined, array: readTensor(inputs, below(place)), place }];
  }
  const named = Object.entries(inputs).map(([name, value]) => {
    const own = `${place}.${name}`;
    return { name, array: readTensor(value, below(own)), place: own };
  });
  if (named.length === 0) {
    throw badData(`${place}: expected at least one input`);
  }
  return named;
}

function readInstances(instances: unknown, place: string): readonly Input[] {
  if (!Array.isArray(instances)) {
    if (instances instanceof NdArray) {
      return [{ name: undefined, array: instances, place }];
    }
    throw badData(`${place}: expected a list, got ${show(instances)}`);
  }
  const isNamed = instances.length > 0 && isNamedRow(instances[0]);
  const other = instances.findIndex((row) => isNamedRow(row) !== isNamed);
  if (other >= 0) {
    const expected = isNamed ? 'an object, as the first' : 'a value or a list, as the first';
    throw badData(`${place}[${other}]: expected ${expected}, got ${show(instances[other])}`);
  }
  return isNamed
    ? readNamedRows(instances, place)
    : [{ name: undefined, array: readTensor(instances, below(place)), place }];
}

/** The columns of rows that all have the same names. */
function readNamedRows(rows: readonly Readonly<Record<string, unknown>>[], place: string): readonly Input[] {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) {
    throw badData(`${place}[0]: expected at least one input`);
  }
  // They grow row by row: a body with many names in its first row alone must not take memory for all rows.
  const columns = names.map((): unknown[] => []);
  for (const [index, row] of rows.entries()) {
    for (const [column, name] of names.entries()) {
      if (!Object.hasOwn(row, name)) {
        throw badData(`${place}[${index}]: expected the names of the first, ${show(name)} is missing`);
      }
      columns[column]?.push(row[name]);
    }
    const all = Object.keys(row);
    if (all.length > names.length) {
      const known = new Set(names);
      const extra = all.find((name) => !known.has(name));
      throw badData(`${place}[${index}]: expected the names of the first, got ${show(extra)}, too`);
    }
  }
  return names.map((name, column) => {
    const placeOf = ([row, ...path]: readonly number[]) => `${place}[${row}].${name}${indexText(path)}`;
    return { name, array: readTensor(columns[column], placeOf), place: `${place}[].${name}` };
  });
}

/** The place of an element of an input, by its indexes. */
type PlaceOf = (path: readonly number[]) => string;

function below(place: string): PlaceOf {
  return (path) => `${place}${indexText(path)}`;
}

function indexText(path: readonly number[]): string {
  return path.map((index) => `[${index}]`).join('');
}

/** The array of a value, in which `{"b64"}` has become bytes. */
function readTensor(value: unknown, placeOf: PlaceOf): NdArray {
  if (value instanceof NdArray) {
    return value;
  }
  return fromNested(withBytes(value, placeOf, []), 'objects');
}

/** Replaces the objects that stand for bytes; a value without any is returned as it is. */
function withBytes(value: unknown, placeOf: PlaceOf, path: number[]): unknown {
  if (isBytes(value)) {
    const bytes = fromBase64(value.b64);
    if (bytes === undefined) {
      throw badData(`${placeOf(path)}.b64: expected base64, got ${show(value.b64)}`);
    }
    return bytes;
  }
  if (!Array.isArray(value)) {
    return value;
  }
  let changed: unknown[] | undefined;
  for (const [index, item] of value.entries()) {
    path.push(index);
    const inner = withBytes(item, placeOf, path);
    path.pop();
    if (inner !== item) {
      changed ??= value.slice();
      changed[index] = inner;
    }
  }
  return changed ?? value;
}

function isNamedRow(row: unknown): row is Record<string, unknown> {
  return isRecord(row) && !isBytes(row);
}

function isBytes(value: unknown): value is { readonly b64: string } {
  return isRecord(value) && typeof value.b64 === 'string' && Object.keys(value).length === 1;
}
