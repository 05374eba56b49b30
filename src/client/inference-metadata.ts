import type { Datatype } from '../runtime/arrays/datatypes.ts';
import type { TensorParameters } from './tensor.ts';

/** A server of the Open Inference Protocol, in its own words. */
export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  /** As `binary_tensor_data`. */
  readonly extensions: readonly string[];
}

/** A model in the words of its server. */
export interface ModelMetadata {
  readonly name: string;
  /** KServe may answer null. */
  readonly versions?: readonly string[] | null;
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** An input or an output in the metadata of a model. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: Datatype;
  /** The length of each axis; -1 where it may vary. */
  readonly shape: readonly number[];
  readonly parameters?: TensorParameters | undefined;
}
