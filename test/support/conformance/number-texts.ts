/**
 * Reads JSON with each number as a text of its digits, because a double would make equal what is not:
 * integers beyond 2^53. Numbers that JSON text of JavaScript does not tell apart are the same: `-0.0` and
 * `0`, `1e3` and `1000`, `2.0` and `2`.
 */
export function readNumberTexts(json: string): unknown {
  return JSON.parse(
    json.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"${MARK}${digitsOf(token)}"`)),
  );
}

/** Replaces the numbers and bigints of a value in the same way. */
export function toNumberTexts(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'number' || typeof inner === 'bigint' ? `${MARK}${digitsOf(`${inner}`)}` : inner,
  );
  return text === undefined ? undefined : JSON.parse(text);
}

/** A string or a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Tells a number from a string with the same digits. */
const MARK = 'number ';

function digitsOf(token: string): string {
  if (/^-?\d+$/.test(token)) {
    return `${BigInt(token)}`;
  }
  const value = Number(token);
  return Number.isInteger(value) ? `${BigInt(value)}` : `${value}`;
}
