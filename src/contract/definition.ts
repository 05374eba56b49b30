import { UserError } from '../bundle/user-error.ts';
import type { Category, Domain } from './contract.ts';
import { found, isAbsent, readObject, refuseUnknown } from './json-object.ts';

const KEYS = ['name', 'ftype', 'dtype', 'range', 'values', 'shape', 'repeat'];

/** One entry of `features` or `targets`. */
export interface Definition {
  /** `features[0]`. */
  readonly place: string;
  readonly name: string;
  readonly domain: Domain;
  /** Of one row; `[1]` for a single column. */
  readonly shape: readonly number[];
  /** How many copies of it there are; undefined: it is not repeated. */
  readonly repeat: number | undefined;
}

/**
 * Reads one entry of `features` or `targets`.
 *
 * @throws UserError with the place, what was expected there, and what was found.
 */
export function readDefinition(json: unknown, place: string): Definition {
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

/** As the reference, it reads `values` of categorical columns only, and `range` of continuous ones only. */
function readDomain(definition: Record<string, unknown>, place: string): Domain {
  const ftype = typeof definition.ftype === 'string' ? definition.ftype.toLowerCase() : undefined;
  if (ftype === 'categorical') {
    // A categorical column has the type of its values, whatever its dtype is.
    return { ftype, values: readValues(definition.values, `${place}.values`) };
  }
  if (ftype === 'continuous') {
    const isInteger = readIsInteger(definition.dtype, `${place}.dtype`);
    return { ftype, isInteger, ...readRange(definition.range, `${place}.range`, isInteger) };
  }
  throw new UserError(
    `${place}.ftype: expected "continuous" or "categorical", got ${found(definition.ftype)}`,
  );
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

/** The reference writes "inf" for both ends; some contracts write "-inf" for the low one. */
function toEnd(end: unknown, infinite: number): number | undefined {
  if (end === 'inf' || (end === '-inf' && infinite < 0)) {
    return infinite;
  }
  const number = typeof end === 'bigint' ? Number(end) : end;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function readValues(values: unknown, place: string): Category[] {
  const isCategory = (value: unknown): value is Category =>
    ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
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
