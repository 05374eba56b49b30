/** Rows of numbers, all of the same length, in JSON. */
export interface NumberRows {
  readonly rows: number;
  readonly columns: number;
  /** Without the outer brackets: `[1,2],[3,4]`. */
  readonly inner: string;
}

/**
 * Finds rows of numbers in a line such as `[[5.1,3.5],[6.2,2.9]]` without making values of them: most lines
 * are such, and JSON.parse takes five times as long.
 *
 * It looks at brackets and commas, and at each character; whether `1.2.3` is a number, the host says.
 *
 * @returns undefined for anything else.
 */
export function readNumberRows(line: string): NumberRows | undefined {
  let rows = 0;
  let columns = -1;
  let commas = 0;
  let depth = 0;
  let start = 0;
  /** Whether the element that is looked at has begun. */
  let hasElement = false;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (NUMBER[code] === 1 && depth === 2) {
      hasElement = true;
    } else if (code === COMMA) {
      // After a row, another one; in a row, after an element.
      if (!hasElement) {
        return undefined;
      }
      commas += depth === 2 ? 1 : 0;
      hasElement = false;
    } else if (code === OPEN) {
      depth++;
      if (hasElement || depth > 2 || (depth === 1 && start > 0)) {
        return undefined;
      }
      if (depth === 1) {
        start = at + 1;
      }
      commas = 0;
    } else if (code === CLOSE) {
      if (!hasElement || depth === 0) {
        return undefined;
      }
      depth--;
      if (depth === 1) {
        if (columns !== -1 && columns !== commas + 1) {
          return undefined;
        }
        columns = commas + 1;
        rows++;
      }
    } else if (code > 0x20) {
      return undefined;
    }
  }
  const end = line.lastIndexOf(']');
  return depth === 0 && rows > 0 ? { rows, columns, inner: line.slice(start, end) } : undefined;
}

const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** 1 for the characters of numbers. */
const NUMBER = new Uint8Array(0x10000);
for (const character of '0123456789+-.eE') {
  NUMBER[character.charCodeAt(0)] = 1;
}
