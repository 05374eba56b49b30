import { badData } from '../../errors.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';

/** Makes the error for a member of a request. @param place - as `inputs[0].name`. */
export function wrong(place: string, expected: string, found: unknown): Error {
  return badData(`${place}: expected ${expected}, got ${show(found)}`);
}

/** An object; null and undefined count as an empty one. */
export function readObject(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) {
    return NOTHING;
  }
  if (!isRecord(value)) {
    throw wrong(place, 'an object', value);
  }
  return value;
}

const NOTHING: Readonly<Record<string, unknown>> = {};

/** A text; undefined where there is none. */
export function readText(value: unknown, place: string): string | undefined {
  if (value !== undefined && value !== null && typeof value !== 'string') {
    throw wrong(place, 'a text', value);
  }
  return value ?? undefined;
}

/** A text that is not empty. */
export function readName(value: unknown, place: string): string {
  if (typeof value !== 'string' || value === '') {
    throw wrong(place, 'a name', value);
  }
  return value;
}

/** A switch among parameters; undefined without it. @param place - of the parameters. */
export function readSwitch(
  parameters: Readonly<Record<string, unknown>>,
  name: string,
  place: string,
): boolean | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'boolean') {
    throw wrong(`${place}.${name}`, 'true or false', value);
  }
  return value;
}
