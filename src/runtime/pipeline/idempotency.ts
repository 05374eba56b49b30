import { SeldonError } from '../errors.ts';
import { readBytes } from '../http/body.ts';
import { mediaTypeOf } from '../http/media-type.ts';
import type { HttpRequest } from '../http/request.ts';
import type { MethodName } from '../model/model.ts';
import { show } from '../show.ts';
import type { RememberedAnswer } from '../state/envelope.ts';
import type { Remembering } from '../state/state-writer.ts';
import type { Outcome } from './outcome.ts';

/** 128 bits: enough that two bodies never have the same one by chance. */
const FINGERPRINT_BYTES = 16;

/**
 * Remembers a call's answer under its Idempotency-Key, in the same write as the change of the state. A repeat
 * gets the same answer and changes nothing.
 *
 * A key belongs to one method: another method may come under the same key. Each unit has a state of its own,
 * so keys of several units are apart as well.
 *
 * @param key - the Idempotency-Key.
 * @param method - the method that is called.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function rememberUnder(key: string, method: MethodName, request: HttpRequest): Remembering<Outcome> {
  const fingerprint = fingerprintOf(request);
  return {
    recall(answers) {
      const answer = findAnswer(answers, key, method);
      // Older versions remembered no fingerprint.
      if (answer?.fingerprint !== undefined && answer.fingerprint !== fingerprint) {
        throw new SeldonError(
          'MICROSERVICE_BAD_DATA',
          `the Idempotency-Key ${show(key)} came before with another body; expected the same body, or a new key`,
          { status: 422 },
        );
      }
      return answer && toOutcome(answer);
    },
    toAnswer: ({ response: { status, headers, body, isOpaque } }) => ({
      key,
      method,
      fingerprint,
      status,
      contentType: headers['content-type'] ?? '',
      headers,
      body,
      ...(isOpaque && { isOpaque }),
    }),
  };
}

/** An answer that an older version remembered has no method: it counts for any. */
function findAnswer(
  answers: readonly RememberedAnswer[],
  key: string,
  method: MethodName,
): RememberedAnswer | undefined {
  const ofKey = answers.filter((answer) => answer.key === key);
  return (
    ofKey.find((answer) => answer.method === method) ?? ofKey.find((answer) => answer.method === undefined)
  );
}

/**
 * The fingerprint of a request's payload: of the bytes of its body, decompressed, and of the query value
 * `json`. The boundary of a multipart body does not count, because clients make a new one for each try.
 */
function fingerprintOf(request: HttpRequest): string {
  const bytes = Buffer.from(readBytes(request));
  const { createHash } = process.getBuiltinModule('node:crypto');
  const hash = createHash('sha256').update(withoutBoundary(bytes, request));
  hash.update('\0').update(request.query.json?.[0] ?? '');
  return hash.digest().subarray(0, FINGERPRINT_BYTES).toString('base64url');
}

function withoutBoundary(bytes: Buffer, { headers }: HttpRequest): Buffer {
  if (mediaTypeOf(headers) !== 'multipart/form-data') {
    return bytes;
  }
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(headers['content-type'] ?? '') ?? [];
  const boundary = quoted ?? plain;
  return boundary === undefined
    ? bytes
    : Buffer.from(bytes.toString('latin1').replaceAll(`--${boundary}`, '--'), 'latin1');
}

/** Restores an outcome, without metrics: a repeat does not count the model's metrics again. */
function toOutcome({ status, contentType, headers, body, isOpaque = false }: RememberedAnswer): Outcome {
  const response = { status, headers: headers ?? { 'content-type': contentType }, body, isOpaque };
  return { response, metrics: [] };
}
