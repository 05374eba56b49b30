import { parseDigits } from '../runtime/json/exact-numbers.ts';
import { isRecord } from '../runtime/objects.ts';
import { show } from '../runtime/show.ts';
import type { Reply } from './client.ts';
import type { Column, Domain, Section } from './contract.ts';
import { hasShape, isShape, product, shapeOf } from './shape.ts';

/** A fault of an answer. Answers with the same `check` have the same kind of fault. */
export interface Fault {
  readonly check: string;
  readonly expected: string;
  readonly got: string;
}

/** The requirements of an answer. */
export interface Expectation {
  /** Undefined where the data is not checked. */
  readonly section: Section | undefined;
  readonly rows: number;
  readonly hasNames: boolean;
}

/**
 * How far a computed number may lie outside its range: a float32 has 7 digits, and probabilities are
 * quotients.
 */
const TOLERANCE = 1e-6;

/** The first fault of an answer, if any, in this order: status, form, rows, shape, names, values. */
export function checkReply({ status, location, text }: Reply, expectation: Expectation): Fault | undefined {
  const message = parse(text);
  if (status !== 200) {
    return fault(`status ${status}`, 'status 200', `${status}${reasonOf(message, text, location)}`);
  }
  if (!isRecord(message)) {
    return fault('message', 'a message as JSON', show(text));
  }
  const failed = isRecord(message.status) ? message.status.status : undefined;
  if (failed === 1 || failed === 'FAILURE') {
    return fault('message', 'no failure', `status ${show(message.status)}`);
  }
  return expectation.section && checkData(message, expectation, expectation.section);
}

function checkData(
  message: Record<string, unknown>,
  { rows, hasNames }: Expectation,
  section: Section,
): Fault | undefined {
  const table = readTable(message);
  if ('check' in table) {
    return table;
  }
  const { shape, values, names } = table;
  // A plain list of labels counts as a column: classifiers of scikit-learn answer one.
  const isColumn = shape.length === 1 && section.columns.length === 1;
  if (shape.length > 0 && shape[0] !== rows) {
    return fault('rows', `${rows} rows`, `${shape[0]}`);
  }
  if (!isColumn && `${shape}` !== `${[rows, ...section.shape]}`) {
    return fault('shape', `shape (${[rows, ...section.shape]})`, `(${shape})`);
  }
  return (!isColumn && hasNames ? checkNames(names, section) : undefined) ?? checkValues(values, section);
}

function checkNames(names: unknown, section: Section): Fault | undefined {
  const { length } = section.names;
  if (!Array.isArray(names) || names.length !== length) {
    return fault('names', `${length} names`, names === undefined ? 'none' : show(names));
  }
  const wrong = section.names.findIndex(({ text, isGiven }, index) =>
    isGiven ? names[index] !== text : typeof names[index] !== 'string',
  );
  if (wrong < 0) {
    return undefined;
  }
  const { text, isGiven } = section.names[wrong] as Section['names'][number];
  return fault(
    'names',
    isGiven ? `names[${wrong}] ${show(text)}` : `a text as names[${wrong}]`,
    show(names[wrong]),
  );
}

function checkValues(values: readonly unknown[], { columns }: Section): Fault | undefined {
  const wrong = values.findIndex(
    (value, index) => !isIn(value, (columns[index % columns.length] as Column).domain),
  );
  if (wrong < 0) {
    return undefined;
  }
  const { place, name, domain } = columns[wrong % columns.length] as Column;
  const row = Math.floor(wrong / columns.length);
  return fault(
    `${place} ${name}`,
    `${describe(domain)} in column ${wrong % columns.length}`,
    `${show(values[wrong])} in row ${row}`,
  );
}

function isIn(value: unknown, domain: Domain): boolean {
  if (domain.ftype === 'categorical') {
    return domain.values.some((each) => each === value);
  }
  if (typeof value === 'bigint') {
    return isIn(Number(value), domain);
  }
  if (typeof value !== 'number') {
    return false;
  }
  const { isInteger, low, high } = domain;
  if (isInteger && !Number.isInteger(value)) {
    return false;
  }
  return value >= low - spare(low) && value <= high + spare(high);
}

/** The tolerance at one end of a range. */
function spare(end: number): number {
  return Number.isFinite(end) ? TOLERANCE * Math.max(1, Math.abs(end)) : 0;
}

function describe(domain: Domain): string {
  if (domain.ftype === 'categorical') {
    return `one of ${show(domain.values)}`;
  }
  const what = domain.isInteger ? 'an integer' : 'a number';
  const from = Number.isFinite(domain.low) ? ` from ${domain.low}` : '';
  const to = Number.isFinite(domain.high) ? ` up to ${domain.high}` : '';
  return `${what}${from}${to}`;
}

/** The data of an answer, whatever its kind. */
interface Table {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: readonly unknown[];
  readonly names: unknown;
}

function readTable(message: Record<string, unknown>): Table | Fault {
  const { data } = message;
  if (!isRecord(data)) {
    const kind = ['strData', 'jsonData', 'binData'].find((key) => key in message);
    return fault('shape', 'data', kind ?? 'none');
  }
  const { names, tensor, ndarray } = data;
  if (isRecord(tensor)) {
    const { shape, values } = tensor;
    if (isShape(shape) && Array.isArray(values) && values.length === product(shape)) {
      return { shape, values, names };
    }
    return fault('shape', 'a tensor whose shape fits its values', show(tensor));
  }
  if (!Array.isArray(ndarray)) {
    return fault('shape', 'data with a tensor or an ndarray', show(data));
  }
  const shape = shapeOf(ndarray);
  if (hasShape(ndarray, shape)) {
    return { shape, values: ndarray.flat(shape.length - 1), names };
  }
  return fault('shape', 'rows of equal length', show(ndarray));
}

/** The explanation in a failed answer. */
function reasonOf(message: unknown, text: string, location: string | null): string {
  if (location !== null) {
    return `, which points to ${location}`;
  }
  const status = isRecord(message) ? message.status : undefined;
  if (isRecord(status) && 'info' in status) {
    return `: ${[status.reason, status.info].filter(Boolean).join(': ')}`;
  }
  return text === '' ? '' : `: ${show(text)}`;
}

/** Undefined for a text that is not JSON. */
function parse(text: string): unknown {
  try {
    return parseDigits(text);
  } catch {
    return undefined;
  }
}

function fault(check: string, expected: string, got: string): Fault {
  return { check, expected, got };
}
