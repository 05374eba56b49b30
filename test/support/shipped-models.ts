import fc from 'fast-check';
import type { NdArray, Payload } from 'seldon-lambda';
import { fromNested, SeldonError } from 'seldon-lambda';
import { expect } from 'vitest';

/** Payloads that are not arrays, by name. */
export const NOT_AN_ARRAY: [string, Payload][] = [
  ['a string', 'hi'],
  ['bytes', new Uint8Array(4)],
  ['a JSON value', { sepal: 1 }],
  ['a JSON value', null],
];
export const finite = fc.double({ min: -1e4, max: 1e4, noNaN: true });
export const table = (columns: number) =>
  fc
    .array(fc.array(finite, { minLength: columns, maxLength: columns }), { minLength: 1 })
    .map((rows) => fromNested(rows));

export function expectRefusal(call: () => unknown, reason: string, info: RegExp): void {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SeldonError);
  const { reason: given, message, status } = thrown as SeldonError;
  expect(given).toBe(reason);
  expect(message).toMatch(info);
  expect(status).toBe(reason === 'MICROSERVICE_BAD_DATA' ? 400 : 500);
}

export function largestDifference(one: NdArray, other: NdArray): number {
  const wanted = other.asType('float64').data;
  return Math.max(...one.asType('float64').data.map((value, index) => Math.abs(value - wanted[index])));
}
