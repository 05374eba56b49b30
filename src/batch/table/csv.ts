import { UserError } from '../../bundle/user-error.ts';
import { splitLines } from '../line-splitter.ts';
import type { Row } from '../row.ts';
import { isOfType, toJsonCell } from './cell.ts';
import { type Column, type ColumnType, chooseColumns, type WantedColumn } from './columns.ts';
import { type CsvRecord, readRecords } from './csv-records.ts';

/** A table, as rows that are sent as `data`. */
export interface Table {
  /** Names of the columns that are sent. */
  readonly names: readonly string[];
  readonly rows: AsyncIterable<readonly Row[]>;
  /** Which columns these are, and why, for the user. */
  readonly told: string;
}

/** How the columns of a table are chosen. */
export interface TableOptions {
  readonly asked: readonly WantedColumn[] | undefined;
  readonly ofModel: readonly WantedColumn[];
}

const DELIMITERS = [',', '\t', ';', '|'];
/** Records that are looked at to find the types of columns. */
const SAMPLE = 1000;

/**
 * Opens a CSV with a header. Commas, tabs, semicolons or bars delimit its fields: whichever the header has
 * most of.
 *
 * @throws UserError when it has no header, or not the columns that are wanted.
 */
export async function openCsv(pieces: AsyncIterable<Uint8Array>, options: TableOptions): Promise<Table> {
  const lines = splitLines(pieces, true);
  const first = await firstLines(lines);
  const line = first[0]?.text ?? '';
  if (/\r(?!$)/.test(line)) {
    throw new UserError('the lines of the table end with CR alone; expected LF or CRLF');
  }
  const delimiter = delimiterOf(line);
  const records = readRecords(chained(first, lines), delimiter);
  const sample: CsvRecord[] = [];
  // Not `for await`, which would close the generator.
  for (let next = await records.next(); !next.done; next = await records.next()) {
    sample.push(...next.value);
    if (sample.length > SAMPLE) {
      break;
    }
  }
  const [header, ...begun] = sample;
  if (header === undefined || typeof header === 'string') {
    throw new UserError(`expected a header with the names of the columns${header ? `: ${header}` : ''}`);
  }
  const names = header.map((name) => name.trim());
  if (names.every((name) => name === '')) {
    throw new UserError('expected a header with the names of the columns; the first line has none');
  }
  const typeAt = (place: number) => typeOf(begun, place);
  const { columns, told } = chooseColumns(names, options, typeAt);
  return {
    names: columns.map(({ name }) => name),
    rows: toRows(begun, records, names.length, columns),
    told,
  };
}

async function firstLines(lines: AsyncGenerator<readonly Row[]>): Promise<readonly Row[]> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    if (next.value.length > 0) {
      return next.value;
    }
  }
  return [];
}

async function* chained<T>(
  first: readonly T[],
  rest: AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  yield first;
  yield* rest;
}

function delimiterOf(header: string): string {
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string;
}

/** The type that all cells have, as far as they have been looked at. */
function typeOf(records: readonly CsvRecord[], place: number): ColumnType {
  const cells = records.flatMap((record) => (typeof record === 'string' ? [] : [record[place] ?? '']));
  const isEmpty = cells.every((cell) => cell.trim() === '');
  const types = ['number', 'boolean'] as const;
  return isEmpty ? 'text' : (types.find((type) => cells.every((cell) => isOfType(cell, type))) ?? 'text');
}

async function* toRows(
  begun: readonly CsvRecord[],
  rest: AsyncIterable<readonly CsvRecord[]>,
  width: number,
  columns: readonly Column[],
): AsyncGenerator<readonly Row[]> {
  let index = 0;
  for await (const records of chained(begun, rest)) {
    const rows: Row[] = [];
    for (const record of records) {
      // An empty line is no record, where a record has a delimiter.
      const isEmpty = Array.isArray(record) && record.length === 1 && record[0] === '';
      if (width === 1 || !isEmpty) {
        rows.push(toRow(index++, record, width, columns));
      }
    }
    yield rows;
  }
}

function toRow(index: number, record: CsvRecord, width: number, columns: readonly Column[]): Row {
  if (typeof record === 'string') {
    return { index, text: '', problem: record };
  }
  if (record.length !== width) {
    const text = JSON.stringify(record);
    return { index, text, problem: `expected ${width} fields, as the header has, got ${record.length}` };
  }
  const cells = columns.map(({ place, type }) => toJsonCell(record[place] as string, type));
  const bad = cells.indexOf(undefined);
  if (bad !== -1) {
    const { name, type } = columns[bad] as Column;
    return { index, text: JSON.stringify(record), problem: `column ${name}: expected a ${type}` };
  }
  return { index, text: `[[${cells.join(',')}]]` };
}
