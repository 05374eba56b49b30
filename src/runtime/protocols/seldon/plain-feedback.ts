import type { SeldonMessage } from '../../model/message.ts';
import { ARRAY_KINDS } from '../../model/payload-kinds.ts';
import { isRecord } from '../../objects.ts';

/** A feedback whose fields have been checked; `reward` has float32's precision, as in the reference. */
export interface CheckedFeedback {
  readonly request: SeldonMessage;
  readonly response: SeldonMessage;
  readonly truth: SeldonMessage;
  readonly reward: number;
}

/**
 * A feedback that is plainly right: known fields in camelCase, each of its own type. undefined: perhaps one
 * all the same, which the schema in `feedback.ts` says. What is read here it reads alike, which a property
 * test holds.
 *
 * By hand, so that zod need not be loaded: with its schema it is 8 ms of a first feedback.
 */
export function readPlainFeedback(json: unknown): CheckedFeedback | undefined {
  if (!isFeedback(json)) {
    return undefined;
  }
  const { request, response, truth, reward } = json as {
    [K in keyof CheckedFeedback]?: CheckedFeedback[K] | null;
  };
  return {
    request: request ?? {},
    response: response ?? {},
    truth: truth ?? {},
    reward: Math.fround(reward ?? 0),
  };
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
/** Well below where float32 ends, and finite. */
const isReward: Check = (value) => typeof value === 'number' && Math.abs(value) < 1e38;
/** The schema leaves out a `__proto__` of its own. */
const isObject: Check = (value) => isRecord(value) && !Object.hasOwn(value, '__proto__');

function isListOf(passes: Check): Check {
  return (value) => Array.isArray(value) && value.every(passes);
}

function isMapOf(passes: Check): Check {
  return (value) => isRecord(value) && Object.values(value).every(passes);
}

function isWordOf(...words: unknown[]): Check {
  return (value) => words.includes(value) || Number.isSafeInteger(value);
}

/** An object that has no other fields; each is null, or passes. `oneOf`: of these it has one at most. */
function isOnly(fields: Readonly<Record<string, Check>>, oneOf: readonly string[] = []): Check {
  const passes = new Map(Object.entries(fields));
  const isNullOr = ([name, value]: [string, unknown]) =>
    passes.has(name) && (value === null || passes.get(name)?.(value) === true);
  return (value) =>
    isRecord(value) &&
    Object.entries(value).every(isNullOr) &&
    oneOf.filter((name) => name in value).length <= 1;
}

const isStatus = isOnly({
  code: Number.isInteger,
  info: isText,
  reason: isText,
  status: isWordOf('SUCCESS', 'FAILURE'),
});
const isMetric = isOnly({
  key: isText,
  type: isWordOf('COUNTER', 'GAUGE', 'TIMER'),
  value: isNumber,
  tags: isMapOf(isText),
});
const isMeta = isOnly({
  puid: isText,
  tags: isObject,
  routing: isMapOf(Number.isInteger),
  requestPath: isMapOf(isText),
  metrics: isListOf(isMetric),
});
const isTensor = isOnly({ shape: isListOf(Number.isInteger), values: isListOf(isNumber) });
const isData = isOnly(
  { names: isListOf(isText), tensor: isTensor, ndarray: Array.isArray, tftensor: isObject },
  ARRAY_KINDS,
);
const isMessage = isOnly(
  {
    status: isStatus,
    meta: isMeta,
    data: isData,
    binData: isText,
    strData: isText,
    jsonData: () => true,
    customData: isObject,
  },
  ['data', 'binData', 'strData', 'jsonData', 'customData'],
);
const isFeedback = isOnly({ request: isMessage, response: isMessage, reward: isReward, truth: isMessage });
