import { mayHaveLongInteger } from '../../runtime/json/long-integer.ts';
import { readLine } from '../read-line.ts';
import { BadRow } from '../row.ts';
import type { TextPiece } from './kind.ts';
import { readNumberRows } from './number-rows.ts';

/**
 * Reads a nested list. Its payload is the text of its rows, `[1,2],[3,4]`.
 *
 * Rows are sent together only if they have the same form, since one row can change how a model sees another:
 * a text in one would make texts of all numbers.
 *
 * @throws BadRow when it is no list.
 */
export function readArrayPiece(line: string): TextPiece {
  const found = readNumberRows(line);
  if (found) {
    const { rows, columns, inner } = found;
    // Beside a number with decimals, an integer of so many digits would lose some.
    return { rows, key: mayHaveLongInteger(line) ? undefined : `[${columns}]`, payload: inner };
  }
  const value = readLine(line);
  if (!Array.isArray(value)) {
    throw new BadRow('expected a list of rows, as [[5.1,3.5,1.4,0.2]]');
  }
  const text = line.trim().replace(/^\ufeff/, '');
  const forms = value.map(formOf);
  const [first] = forms;
  const isAlike = first?.startsWith('[') && forms.every((form) => form === first);
  return { rows: value.length, key: isAlike ? first : undefined, payload: text.slice(1, -1) };
}

/** The lengths of nested lists and the types of their elements, as a text. */
function formOf(value: unknown): string {
  if (!Array.isArray(value)) {
    return value === null ? 'null' : typeof value;
  }
  if (value.every((item) => typeof item === 'number')) {
    return `[${value.length}]`;
  }
  return `[${value.map(formOf).join()}]`;
}
