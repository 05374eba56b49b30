import * as z from 'zod/mini';
import { describeIssues } from '../../model/schema-issues.ts';
import { isPuid } from './message-check.ts';

/**
 * The schemas of messages, as the OpenAPI document shows them. A valid request does not need them:
 * `message-check.ts` accepts the same messages, and zod is 28 kB.
 *
 * @module
 */

const anyObject = z.record(z.string(), z.unknown());

/** The fields beside the payload; unknown fields are passed to the model. */
export const Meta = z.looseObject({
  puid: z.nullish(z.custom<string | number | bigint>(isPuid, 'string or number')),
  tags: z.nullish(anyObject),
  routing: z.nullish(anyObject),
  requestPath: z.nullish(anyObject),
  metrics: z.nullish(z.array(z.unknown())),
});

/**
 * A `data` payload. The contents of names and arrays are checked while they are read, in one pass: zod takes
 * 40 times as long.
 */
export const DefaultData = z.looseObject({
  names: z.nullish(z.custom<(string | number | bigint)[]>(Array.isArray, 'array')),
  tensor: z.optional(z.unknown()),
  ndarray: z.optional(z.unknown()),
  tftensor: z.optional(z.unknown()),
});

/** A request or an answer; unknown fields are passed to raw methods. */
export const SeldonMessage = z.looseObject({
  meta: z.nullish(Meta),
  data: z.nullish(DefaultData),
  binData: z.nullish(z.string()),
  strData: z.optional(z.unknown()),
  jsonData: z.optional(z.unknown()),
  status: z.optional(z.unknown()),
});

/** Explains why `json`, at `path` of the request, is not a message. */
export function explainMessage(json: unknown, path: string): string {
  const { error } = SeldonMessage.safeParse(json);
  if (error === undefined) {
    throw new Error('the schema accepts a message that isSeldonMessage() refused');
  }
  return describeIssues(error, path, json);
}
