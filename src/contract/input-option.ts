import { UserError } from '../bundle/user-error.ts';
import { type Datatype, isDatatype } from '../runtime/arrays/datatypes.ts';

/** A tensor as the command line names it. */
export interface InputOption {
  readonly name: string;
  /** Undefined: that of the values. */
  readonly datatype: Datatype | undefined;
}

/**
 * Reads the name of a tensor, and perhaps its datatype: `x`, `x:FP32`. A name may have colons itself, as
 * `dense:0`.
 *
 * @throws UserError for a text without a name.
 */
export function readInput(text: string): InputOption {
  const colon = text.lastIndexOf(':');
  const datatype = text.slice(colon + 1);
  const input =
    colon >= 0 && isDatatype(datatype)
      ? { name: text.slice(0, colon), datatype }
      : { name: text, datatype: undefined };
  if (input.name === '') {
    throw new UserError(`--input: expected a name, and perhaps a datatype, as x:FP32, got "${text}"`);
  }
  return input;
}
