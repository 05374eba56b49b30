import type { Config } from './config.ts';
import { toSeldonError } from './errors.ts';

/** What callers are told of an error: not what the code of a model threw, where that is hidden. */
export function infoForCaller(
  thrown: unknown,
  { HIDE_INTERNAL_ERRORS }: Pick<Config, 'HIDE_INTERNAL_ERRORS'>,
): string {
  const { reason, message } = toSeldonError(thrown);
  return reason === 'MICROSERVICE_INTERNAL_ERROR' && HIDE_INTERNAL_ERRORS
    ? 'internal error; the log has more'
    : message;
}
