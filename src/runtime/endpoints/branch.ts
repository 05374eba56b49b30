import { isTypedArray } from '../arrays/dtype.ts';
import { fromData, NdArray } from '../arrays/ndarray.ts';
import { badData } from '../errors.ts';
import { show } from '../show.ts';

/**
 * The branch that a router chose, as the array `[[n]]` that is answered: -1 all children, -2 none, 0 and
 * above that child.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for anything but an integer.
 */
export function toBranchArray(returned: unknown): NdArray {
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
  if (value === null || value === undefined) {
    return 'None';
  }
  return value instanceof NdArray || isTypedArray(value)
    ? 'an array'
    : typeof value === 'string'
      ? value.slice(0, 80)
      : show(value);
}
