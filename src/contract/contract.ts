import { UserError } from '../bundle/user-error.ts';
import { show } from '../runtime/show.ts';

/** What a `contract.json` says of the rows that a model takes, and of those that it answers. */
export interface Contract {
  readonly features: Section;
  /** Undefined where the file has none: what is answered is then not looked at. */
  readonly targets: Section | undefined;
}

/** One row: its columns one after the other, and how they are seen. */
export interface Section {
  /** Row-major: as many as the product of `shape`. */
  readonly columns: readonly Column[];
  /** Of one row: `[4]` for four columns, `[28, 28, 1]` for an image. */
  readonly shape: readonly number[];
  /** One for each entry of the row's first axis. */
  readonly names: readonly Name[];
}

/**
 * A column's name, and whether the contract gives it, or it only numbers what `repeat` or `shape` stand for.
 */
export interface Name {
  readonly text: string;
  readonly isGiven: boolean;
}

/** What may stand in a column. */
export interface Column {
  /** Where the contract says so: `targets[0]`. */
  readonly place: string;
  readonly name: string;
  readonly domain: Domain;
}

/** `low` and `high` belong to a continuous domain; without a bound they are infinite. */
export type Domain =
  | {
      readonly ftype: 'continuous';
      readonly isInteger: boolean;
      readonly low: number;
      readonly high: number;
    }
  | { readonly ftype: 'categorical'; readonly values: readonly Category[] };

/** A value of a categorical column. */
export type Category = string | number | boolean;

const KEYS = ['name', 'ftype', 'dtype', 'range', 'values', 'shape', 'repeat'];
/** More is a slip of the pen, and would only fill the memory. */
const MOST_COLUMNS = 1_000_000;

/**
 * Reads a contract.json of Seldon: `features` and `targets`, each a list of definitions.
 *
 * @throws UserError saying where, what was expected, and what is there.
 */
export function readContract(text: string): Contract {
  const contract = readObject(parseJson(text), 'the contract');
  refuseUnknown(contract, ['features', 'targets'], '');
  const features = readSection(contract.features, 'features', (name, index) => `${name}${index + 1}`);
  if (features === undefined) {
    throw new UserError('features: expected a list of at least one feature, got []');
  }
  if (contract.targets === undefined || contract.targets === null) {
    return { features, targets: undefined };
  }
  return { features, targets: readSection(contract.targets, 'targets', (name, index) => `${name}:${index}`) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UserError(`the contract is no JSON: ${(error as Error).message}`);
  }
}

interface Definition {
  readonly place: string;
  readonly name: string;
  readonly domain: Domain;
  readonly shape: readonly number[];
  readonly repeat: number | undefined;
}

/**
 * @param copyName - what the copies of a repeated definition are called: the reference counts features and
 *   targets differently.
 */
function readSection(
  json: unknown,
  key: string,
  copyName: (name: string, index: number) => string,
): Section | undefined {
  if (!Array.isArray(json)) {
    throw new UserError(`${key}: expected a list, got ${found(json)}`);
  }
  if (json.length === 0) {
    return undefined;
  }
  const definitions = json.map((item, index) => readDefinition(item, `${key}[${index}]`));
  const trailing = (definitions[0] as Definition).shape.slice(1);
  for (const { place, shape } of definitions) {
    if (`${shape.slice(1)}` !== `${trailing}`) {
      const same = ['n', ...trailing].join(', ');
      throw new UserError(`${place}.shape: expected [${same}] as in ${key}[0], got [${shape.join(', ')}]`);
    }
  }
  const count = definitions.reduce((sum, { shape, repeat = 1 }) => sum + repeat * product(shape), 0);
  if (count > MOST_COLUMNS) {
    throw new UserError(`${key}: expected at most ${MOST_COLUMNS} columns, got ${count}`);
  }
  const copies = definitions.flatMap((definition) => toCopies(definition, copyName));
  const names = copies.flatMap(toNames);
  return {
    columns: copies.flatMap(({ place, name, domain, shape }) =>
      Array.from({ length: product(shape) }, () => ({ place, name, domain })),
    ),
    shape: [names.length, ...trailing],
    names,
  };
}

interface Copy extends Omit<Definition, 'repeat'> {
  readonly isGiven: boolean;
}

function toCopies(
  { repeat, name, ...rest }: Definition,
  copyName: (name: string, index: number) => string,
): Copy[] {
  if (repeat === undefined) {
    return [{ ...rest, name, isGiven: true }];
  }
  return Array.from({ length: repeat }, (_, index) => ({
    ...rest,
    name: copyName(name, index),
    isGiven: false,
  }));
}

function toNames({ name, shape: [length = 1], isGiven }: Copy): Name[] {
  if (length === 1) {
    return [{ text: name, isGiven }];
  }
  return Array.from({ length }, (_, index) => ({ text: `${name}:${index}`, isGiven: false }));
}

function readDefinition(json: unknown, place: string): Definition {
  const definition = readObject(json, place);
  refuseUnknown(definition, KEYS, place);
  const { name } = definition;
  if (typeof name !== 'string' || name === '') {
    throw new UserError(`${place}.name: expected a text, got ${found(name)}`);
  }
  return {
    place,
    name,
    domain: readDomain(definition, place),
    shape: readShape(definition.shape, `${place}.shape`),
    repeat: isAbsent(definition.repeat) ? undefined : readCount(definition.repeat, `${place}.repeat`),
  };
}

function readDomain(definition: Record<string, unknown>, place: string): Domain {
  const ftype = typeof definition.ftype === 'string' ? definition.ftype.toLowerCase() : undefined;
  if (ftype === 'categorical') {
    // The type of a categorical column is that of its values.
    refuse(definition, 'range', place, 'continuous');
    return { ftype, values: readValues(definition.values, `${place}.values`) };
  }
  if (ftype === 'continuous') {
    refuse(definition, 'values', place, 'categorical');
    const isInteger = readIsInteger(definition.dtype, `${place}.dtype`);
    return { ftype, isInteger, ...readRange(definition.range, `${place}.range`, isInteger) };
  }
  throw new UserError(
    `${place}.ftype: expected "continuous" or "categorical", got ${found(definition.ftype)}`,
  );
}

function refuse(definition: Record<string, unknown>, key: string, place: string, ftype: string): void {
  if (isAbsent(definition[key])) {
    return;
  }
  throw new UserError(`${place}.${key}: expected only with ftype "${ftype}", got ${found(definition[key])}`);
}

function readIsInteger(dtype: unknown, place: string): boolean {
  const word = isAbsent(dtype) ? 'FLOAT' : typeof dtype === 'string' ? dtype.toUpperCase() : '';
  if (word === 'FLOAT') {
    return false;
  }
  if (word === 'INT' || word === 'INTEGER') {
    return true;
  }
  throw new UserError(`${place}: expected "FLOAT", "INT" or "INTEGER", got ${found(dtype)}`);
}

function readRange(range: unknown, place: string, isInteger: boolean): { low: number; high: number } {
  const [low, high] = isAbsent(range)
    ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    : readEnds(range, place);
  if (low > high) {
    throw new UserError(`${place}: expected [low, high] with low <= high, got ${found(range)}`);
  }
  if (isInteger && Math.ceil(low) > Math.floor(high)) {
    throw new UserError(`${place}: expected a range with an integer in it, got ${found(range)}`);
  }
  return { low, high };
}

function readEnds(range: unknown, place: string): [number, number] {
  const ends = Array.isArray(range) && range.length === 2 ? range : [];
  const low = toEnd(ends[0], Number.NEGATIVE_INFINITY);
  const high = toEnd(ends[1], Number.POSITIVE_INFINITY);
  if (low !== undefined && high !== undefined) {
    return [low, high];
  }
  throw new UserError(
    `${place}: expected [low, high], each a number or "inf" for no bound, got ${found(range)}`,
  );
}

/** The reference writes "inf" on both sides, whatever the sign; some contracts write "-inf" on the left. */
function toEnd(end: unknown, infinite: number): number | undefined {
  if (end === 'inf' || (end === '-inf' && infinite < 0)) {
    return infinite;
  }
  return typeof end === 'number' && Number.isFinite(end) ? end : undefined;
}

function readValues(values: unknown, place: string): Category[] {
  const isCategory = (value: unknown): value is Category =>
    ['string', 'number', 'boolean'].includes(typeof value);
  if (Array.isArray(values) && values.length > 0 && values.every(isCategory)) {
    return values;
  }
  throw new UserError(
    `${place}: expected a list of at least one text, number or boolean, got ${found(values)}`,
  );
}

function readShape(shape: unknown, place: string): number[] {
  if (isAbsent(shape)) {
    return [1];
  }
  if (!Array.isArray(shape) || shape.length === 0) {
    throw new UserError(`${place}: expected a list of at least one length, got ${found(shape)}`);
  }
  return shape.map((length, index) => readCount(length, `${place}[${index}]`));
}

function readCount(count: unknown, place: string): number {
  if (Number.isSafeInteger(count) && (count as number) >= 1) {
    return count as number;
  }
  throw new UserError(`${place}: expected an integer of 1 or more, got ${found(count)}`);
}

function readObject(json: unknown, place: string): Record<string, unknown> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    return json as Record<string, unknown>;
  }
  throw new UserError(`${place}: expected an object, got ${found(json)}`);
}

function refuseUnknown(object: Record<string, unknown>, known: readonly string[], place: string): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown === undefined) {
    return;
  }
  const where = place === '' ? unknown : `${place}.${unknown}`;
  throw new UserError(`${where}: expected one of the keys ${known.join(', ')}`);
}

/** The reference's own generator of contracts writes null for what a column does not have. */
function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function found(value: unknown): string {
  return value === undefined ? 'nothing' : show(value);
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
