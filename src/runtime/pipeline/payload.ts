import { isTypedArray } from '../arrays/dtype.ts';
import { fromNested } from '../arrays/from-nested.ts';
import { fromData, NdArray } from '../arrays/ndarray.ts';
import { badData } from '../errors.ts';
import { isPlainObject } from '../objects.ts';
import type { AnswerPayload } from '../protocols/protocol.ts';
import { kindOf } from '../show.ts';

/**
 * Converts a method's result to a payload: lists and typed arrays become an NdArray.
 *
 * @param method - the name of the method, for the error.
 * @throws SeldonError MICROSERVICE_BAD_DATA for a value that no kind of payload can carry: numbers, booleans,
 *   null, Maps, instances of other classes.
 * @throws Error for undefined, which nobody returns on purpose.
 */
export function toPayload(returned: unknown, method: string): AnswerPayload | Promise<AnswerPayload> {
  if (returned instanceof NdArray || typeof returned === 'string' || returned instanceof Uint8Array) {
    return returned;
  }
  if (Array.isArray(returned)) {
    const array = fromNested(returned);
    // It may hold arrays as its rows.
    return array.dtype === 'object'
      ? import('../arrays/stack.ts').then(({ fromArrays }) => fromArrays(returned) ?? array)
      : array;
  }
  if (isTypedArray(returned)) {
    return fromData(returned);
  }
  if (isPlainObject(returned)) {
    return returned;
  }
  if (returned === undefined) {
    throw returnedNothing(method);
  }
  throw badData(`Unknown data type returned as payload (must be list or np array):${describe(returned)}`);
}

/** The error of a method that has to return a value and returned undefined. */
export function returnedNothing(method: string): Error {
  return new Error(`${method} returned undefined; expected a value: is there a return statement missing?`);
}

function describe(value: unknown): string {
  if (value === null) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  return typeof value === 'object' ? kindOf(value) : String(value).slice(0, 80);
}
