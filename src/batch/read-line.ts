import { parseJson } from '../client/parse-json.ts';
import { badData } from '../runtime/errors.ts';
import { explainJson } from '../runtime/json/explain-json.ts';
import { BadRow } from './row.ts';

/**
 * The value of a line in JSON; an integer beyond 2^53 is a bigint.
 *
 * @throws BadRow saying where it is not JSON; of the line, it shows one character at most.
 */
export function readLine(line: string): unknown {
  const value = parseJson(line);
  if (value !== undefined) {
    return value;
  }
  if (line.trim() === '') {
    throw new BadRow('the line is empty');
  }
  const error = explainJson(line, badData("Can't find JSON in data"), 'the line is not JSON') as Error;
  throw new BadRow(error.message.replace(': line 1, column', ': column'));
}
