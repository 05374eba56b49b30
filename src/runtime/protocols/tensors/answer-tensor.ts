import { type Datatype, datatypeOf } from '../../arrays/datatypes.ts';
import type { DataOf, DType } from '../../arrays/dtype.ts';
import type { NdArray } from '../../arrays/ndarray.ts';
import { wholeNumbersOf } from '../../arrays/whole-numbers.ts';
import type { Port } from './ports.ts';

/** A named array of an answer. */
export interface AnswerTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** Elements, row-major: texts and bytes for BYTES; INT64 and UINT64 may be doubles. */
  readonly data: DataOf[DType] | readonly (string | Uint8Array)[];
  /** What the elements of BYTES are, where somebody says it: `base64` and `json` are no text. */
  readonly contentType?: string;
}

/** The name of an output that has none. */
export const DEFAULT_NAME = 'output-0';

/**
 * The tensor of an array, where its elements are answered as they are: numbers or booleans, of the datatype
 * that the metadata names, if they name one. Undefined for any other array.
 *
 * @throws Error for elements that no datatype has: the model is at fault.
 */
export function plainTensor(name: string, array: NdArray, port: Port | undefined): AnswerTensor | undefined {
  const datatype = datatypeIn(name, array);
  return datatype === 'BYTES' || (port?.datatype ?? datatype) !== datatype
    ? undefined
    : { name, datatype, shape: shapeOf(array), data: wholeNumbersOf(array) ?? array.data };
}

/** The datatype of an array's elements. @throws Error when no datatype has them. */
export function datatypeIn(name: string, { dtype }: NdArray): Datatype {
  const datatype = datatypeOf(dtype);
  if (datatype === undefined) {
    throw new Error(`output ${name} has the dtype ${dtype}, which the protocol does not have`);
  }
  return datatype;
}

/** The shape to answer: a client expects an axis at least. */
export function shapeOf({ shape }: NdArray): readonly number[] {
  return shape.length === 0 ? [1] : shape;
}
