import { badData } from '../../errors.ts';
import { toCell } from '../content.ts';

/**
 * Puts the lines of a CSV file together to rows: a cell in quotes may have line ends in it. An undefined line
 * is too long, and so is its row.
 *
 * @see RFC 4180
 */
export async function* readRows(
  lines: AsyncIterable<string | undefined>,
  maxBytes: number,
): AsyncGenerator<readonly string[] | undefined> {
  let pending: string | undefined;
  for await (const line of lines) {
    const row: string | undefined = pending === undefined ? line : `${pending}\n${line ?? ''}`;
    const isWhole = row === undefined || countQuotes(row) % 2 === 0;
    if (isWhole || row.length > maxBytes) {
      yield isWhole && row !== undefined ? splitRow(row) : undefined;
      pending = undefined;
    } else {
      pending = row;
    }
  }
  if (pending !== undefined) {
    yield undefined;
  }
}

function countQuotes(text: string): number {
  return text.split('"').length - 1;
}

/** The cells of a row. A cell in quotes may have commas in it, and quotes, which are doubled. */
function splitRow(row: string): readonly string[] {
  const cells: string[] = [];
  for (let at = 0; at <= row.length; at++) {
    const end = row[at] === '"' ? endOfQuotes(row, at) : endOfCell(row, at);
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

/** The place behind the quotes that are opened at `start`. The row has all its quotes. */
function endOfQuotes(row: string, start: number): number {
  for (let at = row.indexOf('"', start + 1); at >= 0; at = row.indexOf('"', at + 2)) {
    if (row[at + 1] !== '"') {
      return at + 1;
    }
  }
  return row.length;
}

/**
 * The SeldonMessage of a row: its cells by the names of the columns; a cell that JSON takes for a number is one.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when it has another number of cells.
 */
export function rowToMessage(names: readonly string[], cells: readonly string[]): string {
  if (cells.length !== names.length) {
    throw badData(`the row has ${cells.length} cells; expected ${names.length}, as the header`);
  }
  return `{"data":{"names":${JSON.stringify(names)},"ndarray":[[${cells.map(toCell).join(',')}]]}}`;
}
