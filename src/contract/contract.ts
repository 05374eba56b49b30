import { UserError } from '../bundle/user-error.ts';
import { parseDigits } from '../runtime/json/exact-numbers.ts';
import { type Definition, readDefinition } from './definition.ts';
import { found, readObject, refuseUnknown } from './json-object.ts';
import { product } from './shape.ts';

/** The content of a `contract.json`: the rows that a model takes, and those that it answers. */
export interface Contract {
  readonly features: Section;
  /** Undefined where the file has none: the data of answers is then not checked. */
  readonly targets: Section | undefined;
}

/** One row: its columns, and their shape. */
export interface Section {
  /** Row-major; their number is the product of `shape`. */
  readonly columns: readonly Column[];
  /** The shape of one row: `[4]` for four columns, `[28, 28, 1]` for an image. */
  readonly shape: readonly number[];
  /** One for each entry of the row's first axis. */
  readonly names: readonly Name[];
}

/** A column's name. */
export interface Name {
  readonly text: string;
  /** False for a name that was made, with a number, for a definition with `repeat` or `shape`. */
  readonly isGiven: boolean;
}

/** A column, and the values that it may have. */
export interface Column {
  /** Its place in the contract: `targets[0]`. */
  readonly place: string;
  readonly name: string;
  readonly domain: Domain;
}

/** The values of a column. `low` and `high` are included; they are infinite where there is no bound. */
export type Domain =
  | {
      readonly ftype: 'continuous';
      readonly isInteger: boolean;
      readonly low: number;
      readonly high: number;
    }
  | { readonly ftype: 'categorical'; readonly values: readonly Category[] };

/** A value of a categorical column; an integer beyond 2^53 is a bigint. */
export type Category = string | number | bigint | boolean;

/** With more columns, their names alone would fill a request; a large image has 150,000. */
const MAX_COLUMNS = 250_000;

/**
 * Reads Seldon's contract.json: `features` and `targets`, each a list of definitions.
 *
 * @throws UserError with the place, what was expected there, and what was found.
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
    return parseDigits(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UserError(`the contract is not JSON: ${(error as Error).message}`);
  }
}

/**
 * Reads a list of definitions; undefined when it is empty.
 *
 * @param copyName - names the copies of a repeated definition: the reference counts features and targets
 *   differently.
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
  const trailing = readTrailingAxes(definitions, key);
  const count = definitions.reduce((sum, { shape, repeat = 1 }) => sum + repeat * product(shape), 0);
  if (count > MAX_COLUMNS) {
    throw new UserError(`${key}: expected at most ${MAX_COLUMNS} columns, got ${count}`);
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

/** All axes but the first one: these must be the same in all definitions of a section. */
function readTrailingAxes(definitions: readonly Definition[], key: string): readonly number[] {
  const trailing = definitions[0]?.shape.slice(1) ?? [];
  for (const { place, shape } of definitions) {
    if (`${shape.slice(1)}` !== `${trailing}`) {
      const same = ['n', ...trailing].join(', ');
      throw new UserError(`${place}.shape: expected [${same}] as in ${key}[0], got [${shape.join(', ')}]`);
    }
  }
  return trailing;
}

/** One of the columns or groups of columns that a definition with `repeat` stands for. */
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
