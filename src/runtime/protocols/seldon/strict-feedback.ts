import * as z from 'zod/mini';
import { badData } from '../../errors.ts';
import type { Feedback, SeldonMessage } from '../../model/message.ts';
import { ARRAY_KINDS } from '../../model/payload-kinds.ts';
import { describeIssues } from '../../model/schema-issues.ts';
import { isRecord } from '../../objects.ts';
import type { CheckedFeedback } from './plain-feedback.ts';

const MAX_FLOAT32 = 3.4028235677973366e38;

/** Text of a number in protobuf's JSON mapping; NaN and the infinities are written as words. */
const FLOAT_TEXT = /^\s*([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|NaN|-?Infinity)\s*$/;
const isFloat = (value: unknown) =>
  ['number', 'bigint', 'boolean'].includes(typeof value) ||
  (typeof value === 'string' && FLOAT_TEXT.test(value));
const float = z.pipe(z.custom<number | bigint | boolean | string>(isFloat, 'a number'), z.transform(Number));
const reward = z.pipe(
  float,
  z.custom<number>(
    (value) => !Number.isFinite(value) || Math.abs(value as number) < MAX_FLOAT32,
    'a number that float32 can hold',
  ),
);
const isIntegerLike = (value: unknown) =>
  Number.isSafeInteger(typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : value);
const isText = (value: unknown) => typeof value === 'string';
const integer = z.pipe(z.custom<number | string>(isIntegerLike, 'a whole number'), z.transform(Number));
const text = z.nullish(z.string());

/**
 * Schemas for a list and a map in which every value passes a check. Zod's own schemas take 40 times as long,
 * and make an issue for each wrong element; with many issues the stack overflows.
 */
const listOf = (passes: (value: unknown) => boolean, expected: string) =>
  z.custom<unknown[]>(Array.isArray, `a list, each ${expected}`).check(firstWrong(passes, expected));
const mapOf = (passes: (value: unknown) => boolean, expected: string) =>
  z.custom<Record<string, unknown>>(isRecord, `a map, each ${expected}`).check(firstWrong(passes, expected));
const floats = z.pipe(
  listOf(isFloat, 'a number'),
  z.transform((list) =>
    list.every((value) => typeof value === 'number')
      ? (list as number[])
      : list.map((value) => (typeof value === 'bigint' ? value : Number(value))),
  ),
);
const integers = z.pipe(
  listOf(isIntegerLike, 'a whole number'),
  z.transform((list) => list.map(Number)),
);
const routing = z.pipe(
  mapOf(isIntegerLike, 'a whole number'),
  z.transform((map) => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, Number(value)]))),
);

const Metric = z.strictObject({
  key: text,
  type: z.nullish(z.union([z.enum(['COUNTER', 'GAUGE', 'TIMER']), z.int()])),
  value: z.nullish(float),
  tags: z.nullish(mapOf(isText, 'a text')),
});
const Meta = z.strictObject({
  puid: text,
  tags: z.nullish(z.record(z.string(), z.unknown())),
  routing: z.nullish(routing),
  requestPath: z.nullish(mapOf(isText, 'a text')),
  metrics: z.nullish(
    listOf((metric) => Metric.safeParse(metric).success, 'a metric {key, type, value, tags}'),
  ),
});
const Data = z.strictObject({
  names: z.nullish(listOf(isText, 'a text')),
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

/**
 * Reads a Feedback as strictly as protobuf's JSON mapping does: no unknown field, one payload per message,
 * numbers also as text, field names also in snake_case, null for an absent field.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA "Invalid JSON: ...".
 */
export function readFeedback(json: unknown): CheckedFeedback {
  const camel = isRecord(json) ? mapMessages(json, camelCase) : json;
  const result = StrictFeedback.safeParse(camel);
  if (!result.success) {
    throw badData(`Invalid JSON: ${describeIssues(result.error, '', camel)}`);
  }
  const feedback = result.data as Omit<Feedback, 'reward'> & { reward?: number | null };
  for (const part of ['request', 'response', 'truth'] as const) {
    checkOneof(feedback[part], part);
  }
  return {
    request: feedback.request ?? {},
    response: feedback.response ?? {},
    truth: feedback.truth ?? {},
    reward: Math.fround(feedback.reward ?? 0),
  };
}

function firstWrong(passes: (value: unknown) => boolean, expected: string) {
  return ({ value, issues }: z.core.ParsePayload<readonly unknown[] | Record<string, unknown>>) => {
    const keys: Iterable<string | number> = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of keys) {
      const input = Reflect.get(value, key);
      if (passes(input)) {
        continue;
      }
      issues.push({ code: 'custom', message: expected, path: [key], input });
      return;
    }
  };
}

/**
 * Checks protobuf's two `oneof`s: one payload per message, and one array per `data`. A null `jsonData` is a
 * payload.
 */
function checkOneof(message: SeldonMessage | null | undefined, part: string): void {
  if (message == null) {
    return;
  }
  const present = PAYLOADS.filter((name) =>
    name === 'jsonData' ? message.jsonData !== undefined : Reflect.get(message, name) != null,
  );
  if (present.length > 1) {
    throw badData(
      `Invalid JSON: ${part}: expected one of ${PAYLOADS.join(', ')}, got ${present.join(' and ')}`,
    );
  }
  const { data } = message;
  const arrays = data == null ? [] : ARRAY_KINDS.filter((name) => data[name] != null);
  if (arrays.length > 1) {
    throw badData(
      `Invalid JSON: ${part}.data: expected one of ${ARRAY_KINDS.join(', ')}, got ${arrays.join(' and ')}`,
    );
  }
}

const PAYLOADS = ['data', 'binData', 'strData', 'jsonData', 'customData'] as const;

function mapMessages(
  feedback: Record<string, unknown>,
  map: (message: Record<string, unknown>) => unknown,
): unknown {
  return Object.fromEntries(
    Object.entries(feedback).map(([key, value]) => [key, isRecord(value) ? map(value) : value]),
  );
}

/**
 * Changes the field names of a message and of its meta to camelCase. Keys of maps and payloads are the user's
 * own and stay unchanged.
 */
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
