import * as z from 'zod/mini';
import { ARRAY_KINDS, type PayloadKind } from './payload-kinds.ts';

const NAMES = z.array(z.string());
const SHAPE = z.array(z.int());
const OBJECT = z.record(z.string(), z.unknown());
const DATATYPES = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'BF16',
  'FP32',
  'FP64',
  'BYTES',
] as const;

/** The fields that carry a payload. Here and not beside ARRAY_KINDS: every function loads that. */
export const PAYLOAD_KINDS = [
  ...ARRAY_KINDS,
  'jsonData',
  'strData',
  'binData',
] as const satisfies PayloadKind[];
const NO_KIND = new RegExp(`^(?!(${PAYLOAD_KINDS.join('|')})$)`);

const arrayKind = z.strictObject({
  messagetype: z.enum(ARRAY_KINDS),
  schema: z.optional(z.strictObject({ names: z.optional(NAMES), shape: z.optional(SHAPE) })),
});
const jsonKind = z.strictObject({
  messagetype: z.literal('jsonData'),
  schema: z.optional(OBJECT),
});
const plainKind = z.strictObject({ messagetype: z.enum(['strData', 'binData']) });
const customKind = z.strictObject({
  messagetype: z.string().check(z.regex(NO_KIND)),
  schema: z.optional(OBJECT),
});
const v2Tensor = z.strictObject({
  name: z.optional(z.string()),
  datatype: z.optional(z.enum(DATATYPES)),
  shape: z.optional(SHAPE),
  parameters: z.optional(OBJECT),
});

/** One input or output: Seldon's message kinds, or a tensor in the words of the v2 dataplane. */
const Port = z.union([arrayKind, jsonKind, plainKind, customKind, v2Tensor]);

/** The answer of /metadata: all keys are present. */
export const Metadata = z.strictObject({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(Port),
  outputs: z.array(Port),
  custom: z.record(z.string(), z.string()),
});
export type Metadata = z.infer<typeof Metadata>;

/** The result of `initMetadata()`: any of the keys; defaults fill the rest. */
export type MetadataInput = Partial<Metadata> | null | undefined;
