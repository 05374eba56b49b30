import { isRecord } from '../../objects.ts';

/** A step of a path: the name of a member, or the place of an item; negative ones count from the end. */
export type Step = string | number;

/** The value at a path of a message; undefined when there is none. Only own members count. */
export function valueAt(message: unknown, path: readonly Step[]): unknown {
  let value = message;
  for (const step of path) {
    if (typeof step === 'number') {
      value = Array.isArray(value) ? value.at(step) : undefined;
    } else {
      value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    }
  }
  return value;
}

/** The comparisons of the language, by their signs. */
export const COMPARISONS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': isEqual,
  '!=': (a, b) => !isEqual(a, b),
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
};

/** Lists and objects are equal to nothing; what is not there is null. */
function isEqual(a: unknown, b: unknown): boolean {
  if (isNumber(a) && isNumber(b)) {
    // A bigint may be equal to a number.
    // biome-ignore lint/suspicious/noDoubleEquals: see above
    return a == b;
  }
  return (typeof a !== 'object' && a === b) || (a == null && b == null);
}

/** Negative, 0 or positive; NaN for what has no order: all but two numbers or two texts. */
function order(a: unknown, b: unknown): number {
  const isOrdered = (isNumber(a) && isNumber(b)) || (typeof a === 'string' && typeof b === 'string');
  if (!isOrdered) {
    return Number.NaN;
  }
  return a < b ? -1 : Number(a > b);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
