import type { Datatype } from '../runtime/arrays/datatypes.ts';
import type { DataOf, DType } from '../runtime/arrays/dtype.ts';

/**
 * Values beside a tensor, or beside a whole request or answer: by the protocol texts, numbers and booleans;
 * MLServer has lists and objects, too.
 */
export type TensorParameters = Readonly<Record<string, unknown>>;

/** A tensor of a request, ready to be written. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** The elements, row-major; those of BYTES are texts, or all bytes. */
  readonly data: DataOf[DType] | readonly (string | Uint8Array)[];
  readonly parameters: TensorParameters | undefined;
}
