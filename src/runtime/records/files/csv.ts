import { badData } from '../../errors.ts';
import { toCell } from '../content.ts';

/**
 * Puts the lines of a CSV file together to rows: a cell in quotes may have line ends in it, and blank lines.
 * Blank lines between rows are left out. An undefined line is too long, and so is its row.
 *
 * @see RFC 4180
 */
export async function* readRows(
  lines: AsyncIterable<string | undefined>,
  maxBytes: number,
): AsyncGenerator<readonly string[] | undefined> {
  let pieces: string[] = [];
  let characters = 0;
  let isOpen = false;
  for await (const line of lines) {
    if (!isOpen && line?.trim() === '') {
      continue;
    }
    pieces.push(line ?? '');
    characters += 1 + (line?.length ?? 0);
    // Each line is looked at once, however long its row becomes.
    isOpen = line !== undefined && endsInQuotes(line, isOpen);
    const isTooLong = line === undefined || characters > maxBytes + 1;
    if (isOpen && !isTooLong) {
      continue;
    }
    yield isTooLong ? undefined : splitRow(pieces.join('\n').replace(/\r$/, ''));
    pieces = [];
    characters = 0;
    isOpen = false;
  }
  if (pieces.length > 0) {
    yield undefined;
  }
}

/**
 * Whether a cell in quotes goes on behind the end of a line. Quotes open a cell only where it begins: in
 * `12" pipe` they are a part of it.
 *
 * @param isOpen - whether the line begins in such a cell.
 */
function endsInQuotes(line: string, isOpen: boolean): boolean {
  let isInside = isOpen;
  for (let at = 0; at <= line.length; at++) {
    if (isInside || line[at] === '"') {
      const end = endOfQuotes(line, isInside ? at : at + 1);
      if (end === undefined) {
        return true;
      }
      isInside = false;
      at = end;
    }
    at = endOfCell(line, at);
  }
  return false;
}

/** The cells of a row. A cell in quotes may have commas in it, and quotes, which are doubled. */
function splitRow(row: string): readonly string[] {
  const cells: string[] = [];
  for (let at = 0; at <= row.length; at++) {
    const end = row[at] === '"' ? (endOfQuotes(row, at + 1) ?? row.length) : endOfCell(row, at);
    const cell = row.slice(at, end);
    cells.push(row[at] === '"' ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    // What stands between the quotes and the comma belongs to no cell.
    at = endOfCell(row, end);
  }
  return cells;
}

function endOfCell(row: string, start: number): number {
  const comma = row.indexOf(',', start);
  return comma < 0 ? row.length : comma;
}

/** The place behind the quotes that close a cell, from `start` on; undefined: none does. */
function endOfQuotes(text: string, start: number): number | undefined {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') {
      return at + 1;
    }
  }
  return undefined;
}

/**
 * The SeldonMessage of a row: its cells by the names of the columns; a cell that JSON takes for a number is
 * one.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when it has another number of cells.
 */
export function rowToMessage(names: readonly string[], cells: readonly string[]): string {
  if (cells.length !== names.length) {
    throw badData(`the row has ${cells.length} cells; expected ${names.length}, as the header`);
  }
  return `{"data":{"names":${JSON.stringify(names)},"ndarray":[[${cells.map(toCell).join(',')}]]}}`;
}
