import { isComplex, isNumeric } from '../../../arrays/dtype.ts';
import { NdArray } from '../../../arrays/ndarray.ts';
import type { DefaultData, SeldonMessage } from '../../../model/message.ts';
import type { AnswerPayload, ArrayKind } from './codec.ts';

/**
 * Which array `data` carries: `tensor` before `ndarray` before `tftensor`; a `data` without any counts as an
 * empty `ndarray`.
 */
export function arrayKindOf(data: DefaultData): ArrayKind {
  if (data.tensor != null) {
    return 'tensor';
  }
  if (data.ndarray === undefined && data.tftensor != null) {
    return 'tftensor';
  }
  return 'ndarray';
}

/** The kind in which an answer goes back: the request's own, or `tensor` when it had no `data`. */
export function arrayKindFor(message: SeldonMessage | undefined): ArrayKind {
  return message?.data == null ? 'tensor' : arrayKindOf(message.data);
}

/**
 * Whether `payload` is an array that goes into `kind` when the request's kind is `requested`; what is not
 * numeric is always `ndarray`.
 */
export function isArrayFor(
  kind: ArrayKind,
  payload: AnswerPayload,
  requested: ArrayKind,
): payload is NdArray {
  if (!(payload instanceof NdArray)) {
    return false;
  }
  const fits = isNumeric(payload.dtype) && (requested === 'tftensor' || !isComplex(payload.dtype));
  return kind === (fits ? requested : 'ndarray');
}
