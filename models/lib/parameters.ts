import { badParameter } from './errors.ts';

/** A condition for a value, and its words for the error message. */
interface Rule<T> {
  readonly expected: string;
  accepts(value: unknown): value is T;
}

/**
 * The value of a parameter, or `fallback` if it is not given. Without a `fallback` it must be given.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the parameter, its value and what was expected.
 * @example readParameter(parameters, 'epsilon', numberFrom(0, 1), 0.1)
 */
export function readParameter<T>(parameters: object, name: string, rule: Rule<T>, fallback?: T): T {
  const given: unknown = Reflect.get(parameters, name);
  const value = given === undefined ? fallback : given;
  if (rule.accepts(value)) {
    return value;
  }
  const found = value === undefined ? 'is not given' : `is ${show(value)}`;
  throw badParameter(`parameter ${name} ${found}; expected ${rule.expected}`);
}

/**
 * The numbers of a STRING parameter such as `0.7,0.3`; undefined if it is not given.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when it is anything but finite numbers and commas.
 */
export function readNumbers(parameters: object, name: string): readonly number[] | undefined {
  if (Reflect.get(parameters, name) === undefined) {
    return undefined;
  }
  return toNumbers(readParameter(parameters, name, numberList));
}

/**
 * The names of a STRING parameter such as `champion:challenger`; undefined if it is not given.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when it is anything but `length` different names.
 */
export function readNames(parameters: object, name: string, length: number): readonly string[] | undefined {
  if (Reflect.get(parameters, name) === undefined) {
    return undefined;
  }
  return readParameter(parameters, name, nameList(length)).split(':');
}

/**
 * Refuses unknown parameters, because a misspelt one would otherwise go unnoticed.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER for the first parameter that is not among `known`.
 */
export function refuseUnknown(parameters: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (!known.includes(name)) {
      throw badParameter(`parameter ${name} (${show(value)}) is unknown; expected only ${known.join(', ')}`);
    }
  }
}

/** A number from `from` to `to`, both included. */
export function numberFrom(from: number, to: number): Rule<number> {
  return {
    expected: `a number from ${from} to ${to}`,
    accepts: (value): value is number => typeof value === 'number' && value >= from && value <= to,
  };
}

/** An integer from `from` to `to`, both included. */
export function integerFrom(from: number, to: number): Rule<number> {
  return {
    expected: `an integer from ${from} to ${to}`,
    accepts: (value): value is number => Number.isInteger(value) && numberFrom(from, to).accepts(value),
  };
}

/** An integer above 0. */
export const count: Rule<number> = {
  expected: 'an integer >= 1',
  accepts: integerFrom(1, Number.MAX_SAFE_INTEGER).accepts,
};

/** Any integer that a JavaScript number holds exactly. */
export const integer: Rule<number> = {
  expected: 'an integer',
  accepts: (value): value is number => Number.isSafeInteger(value),
};

/** `true` or `false`. */
export const boolean: Rule<boolean> = {
  expected: 'a BOOL',
  accepts: (value) => typeof value === 'boolean',
};

const numberList: Rule<string> = {
  expected: 'a STRING of numbers separated by commas, as 0.7,0.3',
  accepts: (value): value is string => typeof value === 'string' && toNumbers(value).every(Number.isFinite),
};

function nameList(length: number): Rule<string> {
  return {
    expected: `a STRING of ${length} different names separated by colons`,
    accepts: (value): value is string => {
      const names = typeof value === 'string' ? value.split(':') : [];
      return names.length === length && new Set(names).size === length && !names.includes('');
    },
  };
}

function toNumbers(text: string): number[] {
  return text.split(',').map((item) => (item.trim() === '' ? Number.NaN : Number(item)));
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
