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
 * @throws SeldonError MICROSERVICE_BAD_DATA for a value that no kind of payload can carry: numbers, booleans,
 *   null, Maps, instances of other classes.
 */
export function toPayload(returned: unknown): AnswerPayload | Promise<AnswerPayload> {
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
  throw badData(`Unknown data type returned as payload (must be list or np array):${describe(returned)}`);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  return typeof value === 'object' ? kindOf(value) : String(value).slice(0, 80);
}
