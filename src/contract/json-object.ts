import { UserError } from '../bundle/user-error.ts';
import { show } from '../runtime/show.ts';

/** @throws UserError when the JSON is anything but an object. */
export function readObject(json: unknown, place: string): Record<string, unknown> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    return json as Record<string, unknown>;
  }
  throw new UserError(`${place}: expected an object, got ${found(json)}`);
}

/** @throws UserError naming the first key that is not among `known`. */
export function refuseUnknown(
  object: Record<string, unknown>,
  known: readonly string[],
  place: string,
): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown === undefined) {
    return;
  }
  const where = place === '' ? unknown : `${place}.${unknown}`;
  throw new UserError(`${where}: expected one of the keys ${known.join(', ')}`);
}

/** True for null, too: the reference's generator of contracts writes null for keys without a value. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** A value as error messages show it. */
export function found(value: unknown): string {
  return value === undefined ? 'nothing' : show(value);
}
