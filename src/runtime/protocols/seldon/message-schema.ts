import * as z from 'zod/mini';
import { describeIssues } from '../../model/schema-issues.ts';

/**
 * The schemas of messages, as the OpenAPI document shows them. A good request does not need them:
 * `message-check.ts` accepts the same, and zod is 28 kB.
 * @module
 */

const anyObject = z.record(z.string(), z.unknown());

/** What travels beside the payload; other fields are kept for the model. */
export const Meta = z.looseObject({
  puid: z.nullish(z.union([z.string(), z.number()])),
  tags: z.nullish(anyObject),
  routing: z.nullish(anyObject),
  requestPath: z.nullish(anyObject),
  metrics: z.nullish(z.array(z.unknown())),
});

/**
 * A `data` payload. What names and array hold is checked in one pass while it is read: zod takes 40 times as
 * long.
 */
export const DefaultData = z.looseObject({
  names: z.nullish(z.custom<(string | number)[]>(Array.isArray, 'array')),
  tensor: z.optional(z.unknown()),
  ndarray: z.optional(z.unknown()),
  tftensor: z.optional(z.unknown()),
});

/** One request or answer; other fields are handed to raw methods. */
export const SeldonMessage = z.looseObject({
  meta: z.nullish(Meta),
  data: z.nullish(DefaultData),
  binData: z.nullish(z.string()),
  strData: z.optional(z.unknown()),
  jsonData: z.optional(z.unknown()),
  status: z.optional(z.unknown()),
});

/** Why `json`, which stands at `path` of the request, is no message. */
export function explainMessage(json: unknown, path: string): string {
  const { error } = SeldonMessage.safeParse(json);
  if (error === undefined) {
    throw new Error('the schema takes what isSeldonMessage() refused');
  }
  return describeIssues(error, path, json);
}
