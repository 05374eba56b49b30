import { isTypedArray } from '../arrays/dtype.ts';
import { fromData, NdArray } from '../arrays/ndarray.ts';
import { badData } from '../errors.ts';
import { show } from '../show.ts';

/**
 * Converts the branch that a router chose to the array `[[n]]` of the answer: -1 means all children, -2 none,
 * 0 and above the child with this index. Undefined, as from a method without a return statement, is left as
 * it is.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for any value that is not an integer.
 */
export function toBranchArray(returned: unknown): NdArray | undefined {
  if (returned === undefined) {
    return undefined;
  }
  const branch =
    typeof returned === 'bigint'
      ? returned
      : Number.isSafeInteger(returned)
        ? BigInt(returned as number)
        : undefined;
  if (branch === undefined) {
    throw badData(`Routing response must be int but got ${describe(returned)}`);
  }
  return fromData(BigInt64Array.of(branch), [1, 1]);
}

function describe(value: unknown): string {
  if (value === null) {
    return 'None';
  }
  return value instanceof NdArray || isTypedArray(value)
    ? 'an array'
    : typeof value === 'string'
      ? value.slice(0, 80)
      : show(value);
}
