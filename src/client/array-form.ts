import { isComplex, TYPED_ARRAY } from '../runtime/arrays/dtype.ts';
import type { NdArray } from '../runtime/arrays/ndarray.ts';
import { toJsonNumbers, toJsonValue } from '../runtime/json/write-json.ts';
import type { DefaultData } from '../runtime/model/message.ts';
import type { ArrayKind } from '../runtime/model/payload-kinds.ts';
import { hasTensorType, toTensorProto } from './tensor-proto.ts';

/** The forms that an array can have in a message; the answer's array has the same one. */
export const ARRAY_FORMS = ['tensor', 'ndarray', 'tftensor'] as const satisfies readonly ArrayKind[];

/**
 * The form of arrays in a request. `tensor`: a shape and a flat list of numbers. `ndarray`: nested lists.
 * `tftensor`: bytes with their dtype, so the answer has the model's own dtype, too.
 */
export type ArrayForm = (typeof ARRAY_FORMS)[number];

/**
 * An array as `data` of a message. What the form cannot carry without a change has another: text, booleans
 * and mixed values are an `ndarray`, and complex numbers a `tftensor`.
 *
 * @throws TypeError for an array without axes that holds null: no form has it.
 */
export function toDefaultData(array: NdArray, form: ArrayForm): DefaultData {
  const { dtype, shape } = array;
  if (isComplex(dtype) || (form === 'tftensor' && hasTensorType(dtype))) {
    return { tftensor: toTensorProto(array) };
  }
  if (form === 'tensor' && dtype in TYPED_ARRAY) {
    return { tensor: { shape, values: toJsonNumbers(array.toFlat()) } };
  }
  const nested = toJsonValue(array.toNested(), 'ndarray');
  if (nested === null || nested === undefined) {
    throw new TypeError(
      'an array without axes: expected an element, got null, which a message reads as no array',
    );
  }
  return { ndarray: nested };
}
