/**
 * Whether a text may have integers beyond 2^53: 16 digits in a row that are not decimals. Looks at every 16th
 * character, because so many digits cover one of them.
 */
export function mayHaveLongInteger(text: string): boolean {
  for (let at = 15; at < text.length; at += 16) {
    if (!isDigit(text.charCodeAt(at))) {
      continue;
    }
    let start = at - 1;
    while (isDigit(text.charCodeAt(start))) {
      start--;
    }
    if (text.charCodeAt(start) === POINT) {
      continue;
    }
    while (isDigit(text.charCodeAt(at + 1))) {
      at++;
    }
    if (at - start >= 16) {
      return true;
    }
  }
  return false;
}

const POINT = 0x2e;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
