import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { SeldonError } from './errors.ts';

/** First bytes of every stored state: what it is, and the envelope's format. */
const MAGIC = Buffer.from('SLST\x01');
const HEADER_BYTES = MAGIC.length + 4;

/** An answer that was given under an Idempotency-Key. */
export interface RememberedAnswer {
  readonly key: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** What is stored: the model's state, and what is needed to tell whose it is and which writes are in it. */
export interface Envelope {
  /** Name of the model's class. */
  readonly model: string;
  readonly schemaVersion: number;
  /** Number of writes since the first; makes every stored content unique. */
  readonly revision: number;
  /** Ids of the last writes, oldest first: how a writer whose reply was lost recognises its own. */
  readonly writes: readonly string[];
  readonly answers: readonly RememberedAnswer[];
  /** What getState() returned, by v8's structured clone. */
  readonly state: Uint8Array;
}

/** The bytes of an envelope: magic, CRC-32 of the rest, the rest by v8's structured clone. */
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
 * @param key - where they were found, for the error.
 * @throws SeldonError MICROSERVICE_BAD_STATE when they are no envelope, or a damaged one.
 */
export function decodeEnvelope(bytes: Uint8Array, key: string): Envelope {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEADER_BYTES || !buffer.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw badState(key, 'is no state of this project, or of another format');
  }
  const body = buffer.subarray(HEADER_BYTES);
  if (crc32(body) !== buffer.readUInt32LE(MAGIC.length))
    throw badState(key, 'is damaged: its checksum does not match');
  try {
    // The checksum matched, so these are the bytes of encodeEnvelope.
    return deserialize(body) as Envelope;
  } catch (error) {
    throw badState(key, 'cannot be read by this version of Node', error);
  }
}

/** The state that an envelope holds. */
export function stateOf({ state }: Envelope, key: string): unknown {
  try {
    return deserialize(state);
  } catch (error) {
    throw badState(key, 'cannot be read by this version of Node', error);
  }
}

/** The value of `key` cannot be used; it is left as it is. */
export function badState(key: string, what: string, cause?: unknown): SeldonError {
  return new SeldonError(
    'MICROSERVICE_BAD_STATE',
    `the value of ${key} in the state store ${what}; it was left untouched`,
    { cause },
  );
}
