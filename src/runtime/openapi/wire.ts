import * as z from 'zod/mini';
import { TENSOR_TYPES } from '../arrays/tensor-types.ts';
import { SeldonMessage } from '../protocols/seldon/message-schema.ts';

/**
 * The schemas of the document that check no request: loops read numbers faster than zod does, and answers are
 * written, not checked.
 *
 * Uses only types of schemas that the runtime uses elsewhere: any other would go into the chunk of zod that
 * /metadata and a bad request load, too.
 * @module
 */

/** A number, or the word for one that JSON has no digits for. */
export const Float = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
/** An integer, or its digits. */
export const Integer = z.union([z.int(), z.string()]);
/** A metric, as `runtime/pipeline/model-metrics.ts` checks it. */
export const Metric = z.looseObject({
  key: z.string(),
  type: z.enum(['COUNTER', 'GAUGE', 'TIMER']),
  value: z.number(),
  tags: z.optional(z.record(z.string(), z.string())),
});
/** `data.tensor`, as `runtime/protocols/seldon/codecs/tensor.ts` reads and writes it. */
export const Tensor = z.looseObject({ shape: z.array(z.int()), values: z.array(Float) });
/** `data.ndarray`: anything; its nesting is described in words. */
export const NdArray = z.unknown();
/** `data.tftensor`, as `runtime/protocols/seldon/codecs/tftensor.ts` reads and writes it. */
export const TensorProto = z.looseObject({
  dtype: z.union([z.enum(TENSOR_TYPES.map(({ name }) => name)), z.int()]),
  tensorShape: z.optional(
    z.looseObject({ dim: z.optional(z.array(z.looseObject({ size: z.optional(Integer) }))) }),
  ),
  tensorContent: z.optional(z.string()),
  floatVal: z.optional(z.array(Float)),
  doubleVal: z.optional(z.array(Float)),
  intVal: z.optional(z.array(z.int())),
  int64Val: z.optional(z.array(Integer)),
  uint32Val: z.optional(z.array(z.int())),
  uint64Val: z.optional(z.array(Integer)),
  boolVal: z.optional(z.array(z.unknown())),
  stringVal: z.optional(z.array(z.string())),
  halfVal: z.optional(z.array(z.int())),
  scomplexVal: z.optional(z.array(Float)),
  dcomplexVal: z.optional(z.array(Float)),
});
/** The status that a raw method may give. */
export const Status = z.looseObject({
  code: z.nullish(z.int()),
  info: z.optional(z.unknown()),
  reason: z.nullish(z.string()),
  status: z.nullish(z.union([z.enum(['SUCCESS', 'FAILURE']), z.int()])),
});
/** A list of messages in an object. */
export const SeldonMessages = z.looseObject({ seldonMessages: z.array(SeldonMessage) });
/** The request of /aggregate. */
export const SeldonMessageList = z.union([z.array(SeldonMessage), SeldonMessages]);
/** The request of /send-feedback, with `SeldonMessage` for its stricter messages. */
export const Feedback = z.strictObject({
  request: z.nullish(SeldonMessage),
  response: z.nullish(SeldonMessage),
  reward: z.nullish(Float),
  truth: z.nullish(SeldonMessage),
});
/** The body of an error. */
export const Failure = z.strictObject({
  status: z.strictObject({
    status: z.literal(1),
    info: z.unknown(),
    code: z.literal(-1),
    reason: z.string(),
  }),
});
