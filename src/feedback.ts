import * as z from 'zod/mini';
import { badData } from './errors.ts';
import { describeIssues } from './issues.ts';
import type { Feedback, SeldonMessage } from './message.ts';
import { isRecord } from './record.ts';

const MAX_FLOAT32 = 3.4028235677973366e38;

/** Numbers in protobuf's JSON mapping: also as text, and NaN and infinities as words. */
const FLOAT_TEXT = /^\s*([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|NaN|-?Infinity)\s*$/;
const isFloat = (value: unknown) =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && FLOAT_TEXT.test(value));
const float = z.pipe(z.custom<number | boolean | string>(isFloat, 'a number'), z.transform(Number));
const reward = z.pipe(
  float,
  z.custom<number>(
    (value) => !Number.isFinite(value) || Math.abs(value as number) < MAX_FLOAT32,
    'a number that float32 can hold',
  ),
);
const floats = z.pipe(
  z.custom<unknown[]>(Array.isArray, 'a list of numbers'),
  z.transform((list, context) => {
    // Not zod's own array: it takes 40 times as long as this loop.
    const wrong = list.findIndex((value) => !isFloat(value));
    if (wrong >= 0)
      context.issues.push({ code: 'custom', message: 'a number', path: [wrong], input: list[wrong] });
    return list.every((value) => typeof value === 'number') ? (list as number[]) : list.map(Number);
  }),
);
const isIntegerLike = (value: unknown) =>
  typeof value === 'string' ? /^[+-]?\d+$/.test(value) : Number.isInteger(value);
const integer = z.pipe(
  z.union([z.int(), z.string().check(z.regex(/^[+-]?\d+$/, 'a whole number'))]),
  z.transform(Number),
);
const integers = z.pipe(
  z.custom<(number | string)[]>(
    (list) => Array.isArray(list) && list.every(isIntegerLike),
    'a list of whole numbers',
  ),
  z.transform((list) => list.map(Number)),
);
const text = z.nullish(z.string());
const byText = <T extends z.core.$ZodType>(value: T) => z.nullish(z.record(z.string(), value));

const Metric = z.strictObject({
  key: text,
  type: z.nullish(z.union([z.enum(['COUNTER', 'GAUGE', 'TIMER']), z.int()])),
  value: z.nullish(float),
  tags: byText(z.string()),
});
const Meta = z.strictObject({
  puid: text,
  tags: byText(z.unknown()),
  routing: byText(integer),
  requestPath: byText(z.string()),
  metrics: z.nullish(z.array(Metric)),
});
const Data = z.strictObject({
  names: z.nullish(
    z.custom<string[]>(
      (names) => Array.isArray(names) && names.every((name) => typeof name === 'string'),
      'a list of strings',
    ),
  ),
  tensor: z.nullish(z.strictObject({ shape: z.nullish(integers), values: z.nullish(floats) })),
  ndarray: z.nullish(z.array(z.unknown())),
  tftensor: z.nullish(z.record(z.string(), z.unknown())),
});
const Status = z.strictObject({
  code: z.nullish(integer),
  info: text,
  reason: text,
  status: z.nullish(z.union([z.enum(['SUCCESS', 'FAILURE']), z.int()])),
});
const Message = z.strictObject({
  status: z.nullish(Status),
  meta: z.nullish(Meta),
  data: z.nullish(Data),
  binData: text,
  strData: text,
  jsonData: z.optional(z.unknown()),
  customData: z.nullish(z.record(z.string(), z.unknown())),
});
const StrictFeedback = z.strictObject({
  request: z.nullish(Message),
  response: z.nullish(Message),
  reward: z.nullish(reward),
  truth: z.nullish(Message),
});

/** A feedback whose fields have been checked; `reward` has float32's precision, as in the reference. */
export interface CheckedFeedback {
  readonly request: SeldonMessage;
  readonly response: SeldonMessage;
  readonly truth: SeldonMessage;
  readonly reward: number;
}

/**
 * A Feedback read as strictly as protobuf's JSON mapping does: no unknown field, one payload a message, numbers also
 * as text, field names also in snake_case, null for absent.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA "Invalid JSON: ...".
 */
export function readFeedback(json: unknown): CheckedFeedback {
  const camel = isRecord(json) ? mapMessages(json, camelCase) : json;
  const result = StrictFeedback.safeParse(camel);
  if (!result.success) throw badData(`Invalid JSON: ${describeIssues(result.error, '', camel)}`);
  const feedback = result.data as Omit<Feedback, 'reward'> & { reward?: number | null };
  for (const part of ['request', 'response', 'truth'] as const) checkOneof(feedback[part], part);
  return {
    request: feedback.request ?? {},
    response: feedback.response ?? {},
    truth: feedback.truth ?? {},
    reward: Math.fround(feedback.reward ?? 0),
  };
}

/** protobuf's two `oneof`s: one payload a message, one array a `data`. A null `jsonData` is a payload. */
function checkOneof(message: SeldonMessage | null | undefined, part: string): void {
  if (message == null) return;
  const present = PAYLOADS.filter((name) =>
    name === 'jsonData' ? message.jsonData !== undefined : Reflect.get(message, name) != null,
  );
  if (present.length > 1)
    throw badData(
      `Invalid JSON: ${part}: expected one of ${PAYLOADS.join(', ')}, got ${present.join(' and ')}`,
    );
  const { data } = message;
  const arrays = data == null ? [] : ARRAYS.filter((name) => data[name] != null);
  if (arrays.length > 1)
    throw badData(
      `Invalid JSON: ${part}.data: expected one of ${ARRAYS.join(', ')}, got ${arrays.join(' and ')}`,
    );
}

const PAYLOADS = ['data', 'binData', 'strData', 'jsonData', 'customData'] as const;
const ARRAYS = ['tensor', 'ndarray', 'tftensor'] as const;

function mapMessages(
  feedback: Record<string, unknown>,
  map: (message: Record<string, unknown>) => unknown,
): unknown {
  return Object.fromEntries(
    Object.entries(feedback).map(([key, value]) => [key, isRecord(value) ? map(value) : value]),
  );
}

/** Names of fields of a message and of its meta; the keys of maps and payloads are the user's own. */
function camelCase(message: Record<string, unknown>): unknown {
  const renamed = rename(message, ['binData', 'strData', 'jsonData', 'customData']);
  return isRecord(renamed.meta) ? { ...renamed, meta: rename(renamed.meta, ['requestPath']) } : renamed;
}

function rename(object: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const camelOf = new Map(
    names.map((name) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name]),
  );
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [camelOf.get(key) ?? key, value]));
}
