import { toBoolean } from '../config.ts';
import { SeldonError } from '../errors.ts';
import { mayHaveLongInteger } from '../json/long-integer.ts';
import { isRecord } from '../objects.ts';
import { show } from '../show.ts';

/**
 * Readers by type of parameter. They read text as Python's int(), float() and strtobool() do, and return
 * undefined when the text is not valid.
 */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  INT: readInteger,
  FLOAT: readFloat,
  DOUBLE: readFloat,
  STRING: (text) => text,
  BOOL: (text) => (text === '' ? undefined : toBoolean(text)),
};

/**
 * Reads the model's parameters from PREDICTIVE_UNIT_PARAMETERS, typed, by name.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the parameter, its value and its type.
 */
export async function readParameters(text: string): Promise<Record<string, unknown>> {
  let list: unknown;
  try {
    list = JSON.parse(text.trim() === '' ? '[]' : text);
    list = mayHaveLongInteger(text) ? (await import('../json/exact-numbers.ts')).parseExactly(text) : list;
  } catch (error) {
    throw badParameter(`PREDICTIVE_UNIT_PARAMETERS is not JSON: ${(error as Error).message}`, error);
  }
  if (!Array.isArray(list)) {
    throw badParameter('PREDICTIVE_UNIT_PARAMETERS: expected a list [{"name", "value", "type"}]');
  }
  return Object.fromEntries(list.map(readParameter));
}

function readParameter(json: unknown, index: number): [string, unknown] {
  if (!isParameter(json)) {
    throw badParameter(
      `PREDICTIVE_UNIT_PARAMETERS[${index}]: expected {"name", "value", "type"}, name and type as text, got ${show(json)}`,
    );
  }
  const { name, type, value } = json;
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader === undefined) {
    throw badParameter(
      `parameter ${name}: type ${type} is not known; expected one of ${Object.keys(READERS).join(', ')}`,
    );
  }
  const typed = isScalar(value) ? reader(toText(value, type)) : undefined;
  if (typed === undefined) {
    throw badParameter(`parameter ${name}: value ${show(value)} is not a valid ${type}`);
  }
  return [name, typed];
}

function isParameter(
  json: unknown,
): json is { readonly name: string; readonly type: string; readonly value: unknown } {
  return isRecord(json) && typeof json.name === 'string' && typeof json.type === 'string' && 'value' in json;
}

function isScalar(value: unknown): value is string | number | bigint | boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

/** Accepts numbers too; an INT that is given as a number loses its fraction. */
function toText(value: string | number | bigint | boolean, type: string): string {
  return String(type === 'INT' && typeof value === 'number' ? Math.trunc(value) : value);
}

/** A bigint if a number would change its digits. */
function readInteger(text: string): number | bigint | undefined {
  if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(text)) {
    return undefined;
  }
  const digits = text.replaceAll('_', '');
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

function readFloat(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  if (/^[+-]?nan$/.test(word)) {
    return Number.NaN;
  }
  if (/^[+-]?inf(inity)?$/.test(word)) {
    return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return /^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)(e[+-]?\d+)?$/.test(word)
    ? Number(word.replaceAll('_', ''))
    : undefined;
}

function badParameter(info: string, cause?: unknown): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', info, { cause });
}
