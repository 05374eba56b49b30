import type { SeldonMessage } from '../../model/message.ts';
import { ARRAY_KINDS } from '../../model/payload-kinds.ts';
import { isRecord } from '../../objects.ts';

/** A feedback with checked fields; `reward` has the precision of float32, as in the reference. */
export interface CheckedFeedback {
  readonly request: SeldonMessage;
  readonly response: SeldonMessage;
  readonly truth: SeldonMessage;
  readonly reward: number;
}

/**
 * Reads a feedback. The schema is loaded only for one that is not in its plain form.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the field that is wrong.
 */
export async function readFeedback(json: unknown): Promise<CheckedFeedback> {
  return readPlainFeedback(json) ?? (await import('./strict-feedback.ts')).readFeedback(json);
}

/**
 * Reads a feedback in its plain form: known fields in camelCase, each of its own type. Undefined for other
 * JSON, which may be a feedback all the same; the schema in `strict-feedback.ts` decides. A property test
 * checks that the schema reads a plain feedback in the same way.
 *
 * Written by hand, so that zod need not be loaded: with the schema, it takes 8 ms of a first feedback.
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
const isNumber: Check = (value) => typeof value === 'number' || typeof value === 'bigint';
/** Finite, and well below the largest float32. */
const isReward: Check = (value) => typeof value === 'number' && Math.abs(value) < 1e38;
/** An object without its own `__proto__`, which the schema would leave out. */
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

/**
 * Passes an object without other fields. Each field is null or passes its check, and at most one of `oneOf`
 * is present.
 */
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
  code: Number.isSafeInteger,
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
  routing: isMapOf(Number.isSafeInteger),
  requestPath: isMapOf(isText),
  metrics: isListOf(isMetric),
});
const isTensor = isOnly({ shape: isListOf(Number.isSafeInteger), values: isListOf(isNumber) });
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
