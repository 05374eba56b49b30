import { MAX_LINE_BYTES } from '../line-splitter.ts';
import type { Row } from '../row.ts';

/** A record of a CSV: its fields, or why it cannot be read. */
export type CsvRecord = readonly string[] | string;

/**
 * Reads records of RFC 4180: a field in quotes may hold the delimiter, line breaks, and quotes that are
 * doubled. A line without anything is no record, unless there is one column only.
 *
 * @param lines - with the CR of their ends.
 */
export async function* readRecords(
  lines: AsyncIterable<readonly Row[]>,
  delimiter: string,
): AsyncGenerator<readonly CsvRecord[]> {
  const reader = createReader(delimiter);
  for await (const rows of lines) {
    const records: CsvRecord[] = [];
    for (const row of rows) {
      const record = reader.add(row);
      if (record !== undefined) {
        records.push(record);
      }
    }
    yield records;
  }
  const last = reader.end();
  if (last !== undefined) {
    yield [last];
  }
}

/** A field in quotes whose end has not come. */
interface OpenField {
  readonly parts: string[];
  length: number;
  /** Index of the line that it began in. */
  readonly line: number;
}

function createReader(delimiter: string) {
  let fields: string[] = [];
  let open: OpenField | undefined;
  let problem: string | undefined;

  function finish(): CsvRecord {
    const record = problem ?? fields;
    fields = [];
    problem = undefined;
    open = undefined;
    return record;
  }

  /** Takes the fields of a line from `start` on. */
  function take(line: string, start: number, index: number): void {
    for (let at = start; at <= line.length; ) {
      if (line.charCodeAt(at) === QUOTE) {
        at = takeQuoted({ parts: [], length: 0, line: index }, line, at + 1);
      } else {
        const end = line.indexOf(delimiter, at);
        fields.push(line.slice(at, end === -1 ? line.length : end));
        at = end === -1 ? line.length + 1 : end + 1;
      }
    }
  }

  /** Takes what a line has of a field in quotes; gives the place behind the delimiter that follows. */
  function takeQuoted(field: OpenField, line: string, start: number): number {
    for (let at = start; ; ) {
      const quote = line.indexOf('"', at);
      const part = line.slice(at, quote === -1 ? line.length : quote);
      field.parts.push(part);
      field.length += part.length + 1;
      if (quote === -1) {
        open = field;
        return line.length + 1;
      }
      if (line.charCodeAt(quote + 1) === QUOTE) {
        field.parts.push('"');
        at = quote + 2;
        continue;
      }
      fields.push(field.parts.join(''));
      if (quote + 1 < line.length && !line.startsWith(delimiter, quote + 1)) {
        problem ??= `field ${fields.length} goes on behind its closing quote`;
        return line.length + 1;
      }
      return quote + 2;
    }
  }

  return {
    add({ index, text, problem: bad }: Row): CsvRecord | undefined {
      const hasReturn = text.endsWith('\r');
      const line = hasReturn ? text.slice(0, -1) : text;
      problem ??= bad;
      const begun = open;
      open = undefined;
      const next = begun === undefined || problem !== undefined ? 0 : takeQuoted(begun, line, 0);
      if (open === undefined && problem === undefined) {
        take(line, next, index);
      }
      const left = open as OpenField | undefined;
      if (left === undefined) {
        return finish();
      }
      left.parts.push(hasReturn ? '\r\n' : '\n');
      if (left.length > MAX_LINE_BYTES) {
        problem = tooLong(left);
        return finish();
      }
      return undefined;
    },
    end(): CsvRecord | undefined {
      if (open === undefined) {
        return undefined;
      }
      problem = `the quote that opens in line ${open.line + 1} is not closed`;
      return finish();
    },
  };
}

function tooLong({ line }: OpenField): string {
  const size = `${MAX_LINE_BYTES / 1e6} MB`;
  return `a field has more than ${size}: the quote that opens in line ${line + 1} is not closed`;
}

const QUOTE = 0x22;
