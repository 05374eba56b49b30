import { bytesOf } from '../../client/binary-tensors.ts';
import type { Datatype } from '../../runtime/arrays/datatypes.ts';
import { readValues } from '../../runtime/arrays/json-values.ts';
import { SeldonError } from '../../runtime/errors.ts';
import { stringify } from '../../runtime/json/write-json.ts';
import { BadRow } from '../row.ts';
import type { LineTensor } from './infer-piece.ts';

/** A tensor whose elements are values. */
export interface ValueTensor extends Omit<LineTensor, 'content'> {
  /** Flat or nested, row-major. */
  readonly values: readonly unknown[];
}

/**
 * Writes the elements of a tensor as JSON, or as bytes. JSON has no NaN, which becomes null.
 *
 * @throws BadRow for a value that has no place in the datatype or, in JSON, is infinite.
 */
export function toLineTensor({ values, ...rest }: ValueTensor, isBinary: boolean): LineTensor {
  return { ...rest, content: isBinary ? toBytes(values, rest) : toJson(values) };
}

function toBytes(
  values: readonly unknown[],
  { name, datatype, shape }: { name: string; datatype: Datatype; shape: readonly number[] },
): Uint8Array {
  try {
    const content = readValues(values, { datatype, shape, place: `tensor ${name}` });
    const data = 'data' in content ? content.data : content;
    return bytesOf({ name, datatype, shape, data, parameters: undefined });
  } catch (error) {
    throw error instanceof SeldonError ? new BadRow(error.message) : error;
  }
}

function toJson(values: readonly unknown[]): string {
  const finite = values.map((value) => {
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
      throw new BadRow('an infinity has no place in JSON; expected --binary');
    }
    return Number.isNaN(value) ? null : value;
  });
  return stringify(finite).slice(1, -1);
}

/**
 * The datatype of values of one type; numbers are FP64, so that no line is of another type than the others.
 * Undefined for values of several types.
 */
export function datatypeOfValues(values: readonly unknown[]): Datatype | undefined {
  if (values.every((value) => value === null || typeof value === 'number' || typeof value === 'bigint')) {
    return 'FP64';
  }
  if (values.every((value) => typeof value === 'string')) {
    return 'BYTES';
  }
  return values.every((value) => typeof value === 'boolean') ? 'BOOL' : undefined;
}
