import { isUtf8 } from 'node:buffer';
import type { Row } from './row.ts';

const LF = 0x0a;
const CR = 0x0d;
/** A longer line is none that a model could be asked with: its rest is read, and not kept. */
export const MAX_LINE_BYTES = 32_000_000;
const TOO_LONG = `the line has more than ${MAX_LINE_BYTES / 1e6} MB`;
const NOT_UTF8 = 'the line is not UTF-8';

/**
 * Splits bytes into lines, which end with LF or CRLF; the last one may have no end. A byte order mark before
 * the first one is left out. Each piece of bytes gives the lines that end in it, and is then the caller's
 * again.
 *
 * @param keepsReturns - whether the CR of a CRLF stays.
 */
export async function* splitLines(
  pieces: AsyncIterable<Uint8Array>,
  keepsReturns = false,
): AsyncGenerator<readonly Row[]> {
  const splitter = createSplitter(keepsReturns);
  for await (const piece of pieces) {
    yield splitter.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
  }
  yield splitter.end();
}

function createSplitter(keepsReturns: boolean) {
  let index = 0;
  /** The beginning of a line whose end has not come. */
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let isTooLong = false;

  function keep(part: Buffer): void {
    begunBytes += part.length;
    isTooLong ||= begunBytes > MAX_LINE_BYTES;
    if (isTooLong) {
      begun = [];
    } else if (part.length > 0) {
      begun.push(part);
    }
  }

  function finish(): Row[] {
    if (begunBytes === 0) {
      return [];
    }
    const rows = isTooLong ? [{ index: index++, text: '', problem: TOO_LONG }] : toRows(Buffer.concat(begun));
    begun = [];
    begunBytes = 0;
    isTooLong = false;
    return rows;
  }

  /** Rows of whole lines; the last one's end may be missing. */
  function toRows(bytes: Buffer): Row[] {
    const isGood = isUtf8(bytes);
    const hasReturns = !keepsReturns && bytes.includes(CR);
    const lines = (isGood ? bytes.toString('utf8') : bytes.toString('latin1')).split('\n');
    if (bytes.at(-1) === LF) {
      lines.pop();
    }
    return lines.map((line) => {
      const text = hasReturns && line.endsWith('\r') ? line.slice(0, -1) : line;
      return isGood ? rowOf(index++, text) : decoded(index++, text);
    });
  }

  return {
    push(piece: Buffer): Row[] {
      const last = piece.lastIndexOf(LF);
      if (last === -1) {
        keep(Buffer.from(piece));
        return [];
      }
      const rows: Row[] = [];
      let start = 0;
      if (begunBytes > 0) {
        start = piece.indexOf(LF) + 1;
        keep(piece.subarray(0, start));
        rows.push(...finish());
      }
      if (start <= last) {
        rows.push(...toRows(piece.subarray(start, last + 1)));
      }
      keep(Buffer.from(piece.subarray(last + 1)));
      return rows;
    },
    end: finish,
  };
}

function rowOf(index: number, line: string): Row {
  return { index, text: index === 0 && line.charCodeAt(0) === 0xfeff ? line.slice(1) : line };
}

/** A line of bytes that were read as one character each, because they are not UTF-8 all together. */
function decoded(index: number, line: string): Row {
  const bytes = Buffer.from(line, 'latin1');
  return isUtf8(bytes) ? rowOf(index, bytes.toString('utf8')) : { index, text: line, problem: NOT_UTF8 };
}
