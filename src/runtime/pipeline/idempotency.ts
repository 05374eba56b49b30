import { SeldonError } from '../errors.ts';
import { readBytes } from '../http/body.ts';
import { mediaTypeOf } from '../http/media-type.ts';
import type { HttpRequest } from '../http/request.ts';
import type { MethodName } from '../model/model.ts';
import { show } from '../show.ts';
import type { Remembering } from '../state/change.ts';
import type { RememberedAnswer } from '../state/envelope.ts';
import type { Ready } from '../unit/unit.ts';
import { changesState } from './invoke.ts';
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
 * @returns undefined for a call whose repeat does no harm.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function rememberUnder(
  key: string,
  method: MethodName,
  request: HttpRequest,
  ready: Ready,
): Remembering<Outcome> | undefined {
  const isInGraph = request.headers[FINGERPRINT_HEADER] !== undefined;
  const changes = changesState(ready, method);
  if (!changes && !(isInGraph && isRemembered(ready, method))) {
    return undefined;
  }
  const fingerprint = fingerprintOf(request);
  return {
    key,
    changes,
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

/**
 * Whether a unit of a graph keeps the answer of this method: not only where it changes the state, but a route
 * as well. A router may choose at random, and a repeat has to reach the child that the first one has changed.
 */
export function isRemembered(ready: Ready, method: MethodName): boolean {
  return changesState(ready, method) || (method === 'route' && ready.state !== undefined);
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
 * The header in which a graph tells its units the fingerprint of the request that it got. What a unit gets
 * may differ when the request is repeated, as by the time in a tag of the unit before it.
 */
export const FINGERPRINT_HEADER = 'seldon-request-fingerprint';

/**
 * The fingerprint of a request's payload: of the bytes of its body, decompressed, and of the query value
 * `json`. The boundary of a multipart body does not count, because clients make a new one for each try. For a
 * unit of a graph, it is that of the request that the graph got.
 */
export function fingerprintOf(request: HttpRequest): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const ofGraph = request.headers[FINGERPRINT_HEADER];
  const payload = ofGraph ?? withoutBoundary(Buffer.from(readBytes(request)), request);
  const hash = createHash('sha256').update(payload);
  hash.update('\0').update((ofGraph === undefined && request.query.json?.[0]) || '');
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
