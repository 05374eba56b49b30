import { readFailure } from '../client/failure.ts';
import { parseDigits } from '../runtime/json/exact-numbers.ts';
import { isRecord } from '../runtime/objects.ts';
import { show } from '../runtime/show.ts';
import type { Reply } from './client.ts';
import type { Column, Domain, Section } from './contract.ts';
import { type Fault, fault } from './fault.ts';
import type { Protocol, Table } from './protocols/protocol.ts';

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
export function checkReply(reply: Reply, expectation: Expectation, protocol: Protocol): Fault | undefined {
  const { status, location, text } = reply;
  const message = parse(text);
  if (status !== 200) {
    return fault(`status ${status}`, 'status 200', `${status}${reasonOf(message, text, location)}`);
  }
  if (!isRecord(message)) {
    return fault('message', 'a message as JSON', show(text));
  }
  const { section } = expectation;
  return (
    protocol.faultOf(message, reply) ??
    (section && checkTable(protocol.readTable(message, reply, section), expectation, section))
  );
}

function checkTable(
  table: Table | Fault,
  { rows, hasNames }: Expectation,
  section: Section,
): Fault | undefined {
  if ('check' in table) {
    return table;
  }
  const { shape, values, names, isNamed } = table;
  // A plain list of labels counts as a column: classifiers of scikit-learn answer one.
  const isColumn = shape.length === 1 && section.columns.length === 1;
  if (shape.length > 0 && shape[0] !== rows) {
    return fault('rows', `${rows} rows`, `${shape[0]}`);
  }
  if (!isColumn && `${shape}` !== `${[rows, ...section.shape]}`) {
    return fault('shape', `shape (${[rows, ...section.shape]})`, `(${shape})`);
  }
  const mustHaveNames = !isColumn && hasNames && isNamed;
  return (mustHaveNames ? checkNames(names, section) : undefined) ?? checkValues(values, section);
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

/** The explanation in a failed answer. */
function reasonOf(message: unknown, text: string, location: string | null): string {
  if (location !== null) {
    return `, which points to ${location}`;
  }
  const { reason, info } = readFailure(message);
  const words = [reason, info].filter((word) => word != null && word !== '');
  if (words.length > 0) {
    return `: ${words.map((word) => (typeof word === 'string' ? word : show(word))).join(': ')}`;
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
