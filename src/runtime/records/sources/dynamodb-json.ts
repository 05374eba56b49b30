import { badData } from '../../errors.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';

/** Levels of an item, at most, as DynamoDB takes them. */
const MAX_DEPTH = 32;
/** A number as DynamoDB writes it; JSON has the same ones. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Writes an attribute of DynamoDB as JSON text: a number with all its digits, a set as a list, bytes as their
 * base64.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for what is not an attribute.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html
 */
export function attributeToJson(attribute: unknown, path = 'NewImage', depth = 0): string {
  const [[type, value] = ['', undefined], ...others] = isRecord(attribute) ? Object.entries(attribute) : [];
  const write = Object.hasOwn(WRITERS, type) ? WRITERS[type] : undefined;
  const text = others.length > 0 || depth > MAX_DEPTH ? undefined : write?.(value, path, depth);
  if (text === undefined) {
    throw badData(`${path} is ${show(attribute)}; expected an attribute such as {"N": "1.5"}`);
  }
  return text;
}

type Write = (value: unknown, path: string, depth: number) => string | undefined;

const WRITERS: Readonly<Record<string, Write>> = {
  S: writeText,
  N: writeNumber,
  B: writeText,
  BOOL: (value) => (typeof value === 'boolean' ? `${value}` : undefined),
  NULL: () => 'null',
  SS: (value) => writeList(value, writeText),
  NS: (value) => writeList(value, writeNumber),
  BS: (value) => writeList(value, writeText),
  L: (value, path, depth) =>
    Array.isArray(value)
      ? `[${value.map((each, index) => attributeToJson(each, `${path}[${index}]`, depth + 1)).join(',')}]`
      : undefined,
  M: (value, path, depth) =>
    isRecord(value)
      ? `{${Object.entries(value)
          .map(
            ([name, each]) =>
              `${JSON.stringify(name)}:${attributeToJson(each, `${path}.${name}`, depth + 1)}`,
          )
          .join(',')}}`
      : undefined,
};

function writeText(value: unknown): string | undefined {
  return typeof value === 'string' ? JSON.stringify(value) : undefined;
}

function writeNumber(value: unknown): string | undefined {
  return typeof value === 'string' && NUMBER.test(value) ? value : undefined;
}

function writeList(value: unknown, write: (value: unknown) => string | undefined): string | undefined {
  const texts = Array.isArray(value) ? value.map(write) : [undefined];
  return texts.includes(undefined) ? undefined : `[${texts.join(',')}]`;
}
