import { SeldonError } from '../errors.ts';

const { deserialize, serialize } = process.getBuiltinModule('node:v8');
const { crc32 } = process.getBuiltinModule('node:zlib');

/** First bytes of every stored state: its kind, and the format of the envelope. */
const MAGIC = Buffer.from('SLST\x01');
const HEADER_BYTES = MAGIC.length + 4;

/**
 * How many writers are remembered: a writer whose reply was lost finds its own write as long as fewer others
 * wrote after it. After more, it cannot know whether it wrote, and gives up.
 */
const REMEMBERED_WRITERS = 256;
const REMEMBERED_ANSWER_BYTES = 64 * 1024;

/** An answer that was given under an Idempotency-Key. */
export interface RememberedAnswer {
  readonly key: string;
  /** The method that gave it; undefined in an answer of version 0.1. */
  readonly method?: string;
  /** Of the request's payload; undefined in an answer of version 0.1. */
  readonly fingerprint?: string;
  readonly status: number;
  readonly contentType: string;
  /** All headers of the answer; undefined in an answer that an older version has stored. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: string | Uint8Array;
  /** Whether the body is text that a model passed through. */
  readonly isOpaque?: boolean | undefined;
}

/** The stored value: the model's state, whose state it is, and which writes are in it. */
export interface Envelope {
  /** Name of the model's class. */
  readonly model: string;
  /** Whose it is, where its key does not say that alone; undefined in a value of an older version. */
  readonly owner?: string;
  readonly schemaVersion: number;
  /** How many shards the state has, of which this is one; undefined in a whole state. */
  readonly shards?: number;
  /** Number of writes since the first; makes every stored content unique. */
  readonly revision: number;
  /**
   * Id of the last write of each of the last writers, oldest first: by it, a writer whose reply was lost
   * recognises its own write.
   */
  readonly writes: readonly string[];
  readonly answers: readonly RememberedAnswer[];
  /** The result of getState(), serialized by v8's structured clone. */
  readonly state: Uint8Array;
}

/** A write of a replica; unique. */
export interface Write {
  /** Id of the replica, which has at most one write under way. */
  readonly writer: string;
  /** Number of the write among those of the replica, from 1 on. */
  readonly nth: number;
}

/** The id of a write in an envelope. */
export function toWriteId({ writer, nth }: Write): string {
  return `${writer}/${nth}`;
}

/**
 * The envelope that follows `before` when `write` stores `content`.
 *
 * @param answers - those to remember from now on, with those of `before`; undefined: the same.
 */
export function nextEnvelope(
  before: Envelope | undefined,
  content: Pick<Envelope, 'model' | 'owner' | 'schemaVersion' | 'shards' | 'state'>,
  write: Write,
  answers: readonly RememberedAnswer[] | undefined,
): Envelope {
  const others = (before?.writes ?? []).filter((id) => !id.startsWith(`${write.writer}/`));
  return {
    ...content,
    revision: (before?.revision ?? 0) + 1,
    writes: [...others, toWriteId(write)].slice(-REMEMBERED_WRITERS),
    answers: answers ?? before?.answers ?? [],
  };
}

/**
 * Whether a write that would have followed `before` may have been stored, and been forgotten since because
 * more other writers came after it than an envelope remembers. As long as `now` remembers one that is older,
 * it would remember this one, too.
 */
export function isForgotten(before: Envelope | undefined, now: Envelope | undefined): boolean {
  if (now === undefined || now.writes.length < REMEMBERED_WRITERS) {
    return false;
  }
  const older = new Set(before?.writes);
  return !now.writes.some((id) => older.has(id));
}

/**
 * Whether the store has lost what it had: `now` is not `before`, nor does it follow it. True when the value
 * is gone, as after an eviction, or is older, as after a failover or a restore.
 */
export function isSetBack(before: Envelope, now: Envelope | undefined): boolean {
  if (now === undefined || now.revision < before.revision) {
    return true;
  }
  const [writer, nth] = (before.writes.at(-1) ?? '').split('/') as [string, string];
  const later = now.writes.find((id) => id.startsWith(`${writer}/`));
  return later === undefined
    ? !isForgotten(before, now)
    : Number(later.slice(writer.length + 1)) < Number(nth);
}

/**
 * `answers` and one more; without the first ones when they get too long, or more than `most`. If there are
 * more already, there are no fewer afterwards: none is forgotten before as many came after it.
 */
export function remember(
  answers: readonly RememberedAnswer[],
  answer: RememberedAnswer,
  most: number,
): readonly RememberedAnswer[] {
  const kept = [...answers, answer].slice(-Math.max(most, answers.length));
  let bytes = kept.reduce((sum, each) => sum + lengthOf(each), 0);
  while (kept.length > 1 && bytes > REMEMBERED_ANSWER_BYTES) {
    bytes -= lengthOf(kept.shift() as RememberedAnswer);
  }
  return kept;
}

function lengthOf({ key, headers = {}, body }: RememberedAnswer): number {
  return key.length + Object.entries(headers).join().length + body.length;
}

/** The bytes of an envelope: magic, CRC-32 of the rest, and the rest by v8's structured clone. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const body = serialize(envelope);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(crc32(body), MAGIC.length);
  body.copy(bytes, HEADER_BYTES);
  return bytes;
}

/**
 * The envelope that `bytes` hold.
 *
 * @param key - key of the value, for the error.
 * @throws SeldonError MICROSERVICE_BAD_STATE when they are not an envelope, or a damaged one.
 */
export function decodeEnvelope(bytes: Uint8Array, key: string): Envelope {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEADER_BYTES || !buffer.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw badState(key, 'is not a seldon-lambda state, or has a format that this version does not know');
  }
  const body = buffer.subarray(HEADER_BYTES);
  if (crc32(body) !== buffer.readUInt32LE(MAGIC.length)) {
    throw badState(key, 'is damaged: its checksum does not match');
  }
  try {
    // The checksum matched, so these are the bytes of encodeEnvelope.
    return deserialize(body) as Envelope;
  } catch (error) {
    throw badState(key, 'cannot be read by this version of Node', error);
  }
}

/**
 * The state that `bytes` hold; it shares no memory with them.
 *
 * @throws SeldonError MICROSERVICE_BAD_STATE when this Node cannot read them.
 */
export function readState(bytes: Uint8Array, key: string): unknown {
  try {
    // From a copy: typed arrays are deserialized as views of the bytes, and a model may change them in place.
    return deserialize(Uint8Array.from(bytes));
  } catch (error) {
    throw badState(key, 'cannot be read by this version of Node', error);
  }
}

/** The error for a value that cannot be used; it is left untouched. */
export function badState(key: string, what: string, cause?: unknown): SeldonError {
  return new SeldonError(
    'MICROSERVICE_BAD_STATE',
    `the value of ${key} in the state store ${what}; it was left untouched`,
    { cause },
  );
}
