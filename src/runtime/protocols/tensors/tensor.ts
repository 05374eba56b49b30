import type { ByteElements } from '../../arrays/binary-values.ts';
import type { Datatype } from '../../arrays/datatypes.ts';
import type { NdArray } from '../../arrays/ndarray.ts';

/** A named array of a request or of an answer. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** Its elements; those of BYTES as they came: texts from JSON, bytes from the binary extension. */
  readonly content: NdArray | readonly string[] | ByteElements;
  /** What its bytes are, as `str` or `base64`; undefined: nothing is said of it. */
  readonly contentType: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Its place in the request, for errors. */
  readonly place: string;
}
