import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect } from 'vitest';
import { json as anyJson, text } from './arbitraries.ts';
import type { Deployment } from './functions.ts';
import { INTERNALS, REASONS } from './fuzz.ts';
import { httpApiEvent, restApiEvent } from './peers/gateway-event.ts';

/** A request of a protocol of tensors. */
export interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body: string | Uint8Array;
  /** Through a REST API; default: through an HTTP API. */
  readonly isRest?: boolean;
}

/** Makes the sender of requests; `usualPath`: of one that names none. */
export function senderTo(functions: () => Deployment, usualPath: string) {
  return async ({ path = usualPath, method = 'POST', headers = {}, body, isRest = false }: Sent) => {
    const request = { method, path, headers, body: Buffer.from(body) };
    const answer = await functions().send(request, isRest ? restApiEvent : httpApiEvent);
    return { ...answer, text: Buffer.from(answer.body).toString() };
  };
}

/** What a function has answered. */
type Answered = Awaited<ReturnType<ReturnType<typeof senderTo>>>;

/**
 * Expects an answer, or an error that says in our own words what is wrong with the request.
 *
 * @param type - the content types of an answer; an error is JSON.
 */
export function expectTensors({ status, headers, text: body }: Answered, type = /^application\/json$/): void {
  const summary = `answered ${status} ${body.slice(0, 300)}`;
  expect(`${status}`, summary).toMatch(/^(200|4\d\d)$/);
  if (status === 200) {
    expect(headers['content-type'], summary).toMatch(type);
    return;
  }
  expect(headers['content-type'], summary).toBe('application/json');
  const { error, reason } = JSON.parse(body);
  expect(error, summary).toEqual(expect.any(String));
  expect(error, summary).not.toMatch(INTERNALS);
  expect(error.length, summary).toBeLessThan(2000);
  expect(REASONS, summary).toContain(reason);
}

/** Mostly `good`, now and then any JSON. */
export const or = (good: fc.Arbitrary<unknown>) => fc.oneof({ weight: 5, arbitrary: good }, anyJson);

/** An element of a tensor, of any kind. */
export const element = fc.oneof(
  fc.integer({ min: -3, max: 300 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(true, false, null, 'NaN', '-Infinity', 'a', 'YQ==', 1e39, -1e-320, 2 ** 63),
  text,
);

/** Elements in lists, nested up to three times. */
export const listsOf = (value: fc.Arbitrary<unknown>) =>
  fc.oneof(
    fc.array(value, { maxLength: 9 }),
    fc.array(fc.array(value, { maxLength: 3 }), { maxLength: 3 }),
    fc.array(fc.array(fc.array(value, { maxLength: 2 }), { maxLength: 2 }), { maxLength: 2 }),
  );

/** Requests, compressed or not, of which one byte is another one. */
export const damagedBytes = (request: fc.Arbitrary<unknown>) =>
  fc
    .tuple(request, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean())
    .map(([each, place, byte, isZipped]): Sent => {
      const plain = Buffer.from(JSON.stringify(each));
      const bytes = isZipped ? gzipSync(plain) : plain;
      bytes[place % bytes.length] = byte;
      return { body: bytes, headers: isZipped ? { 'content-encoding': 'gzip' } : {} };
    });
