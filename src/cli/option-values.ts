import { UserError } from '../bundle/user-error.ts';

/** The largest number that an option may have. */
export const MAX_INTEGER = 2 ** 31 - 1;

/**
 * Headers of an option that may be repeated, each `name: value`; names in lower case.
 *
 * @throws UserError for a line that is no header.
 */
export function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers = new Headers();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*):(.*)$/s.exec(line) ?? [];
    try {
      headers.append(name.trim(), value.trim());
    } catch {
      throw new UserError(`--header: expected "name: value", got "${line}"`);
    }
  }
  return Object.fromEntries(headers);
}

/** As {@link readInteger}; undefined without the option. */
export function readOptional(text: string | undefined, option: string, least: number): number | undefined {
  return text === undefined ? undefined : readInteger(text, option, least);
}

/**
 * The whole number that an option has.
 *
 * @throws UserError naming the option and what it may be.
 */
export function readInteger(text: string, option: string, least: number, most = MAX_INTEGER): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) {
    return value;
  }
  throw new UserError(`${option}: expected an integer from ${least} to ${most}, got "${text}"`);
}
