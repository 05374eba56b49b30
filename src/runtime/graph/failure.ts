import { type SeldonError, toSeldonError } from '../errors.ts';

/** The header of an error that names the unit that failed. */
const FAILED_NODE = 'seldon-failed-node';

/** The error of a unit, with the unit's name in a header. The innermost unit counts. */
export function failedAt(unit: string, thrown: unknown): SeldonError {
  const error = toSeldonError(thrown);
  if (FAILED_NODE in error.headers) {
    return error;
  }
  return error.with({ headers: { ...error.headers, [FAILED_NODE]: encodeURIComponent(unit) } });
}

/** The name of the unit that failed; undefined when none did. */
export function failedUnit({ headers }: SeldonError): string | undefined {
  const name = headers[FAILED_NODE];
  return name === undefined ? undefined : decodeURIComponent(name);
}
