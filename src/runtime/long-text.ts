/** From this length on, node keeps a text outside of V8's memory. */
const EXTERNAL = 1_031_913;
/**
 * Bytes whose text V8 still makes among the young objects, with either encoding; without padding in base64.
 */
const PIECE = 48 * 1024;

/**
 * The text of bytes. One of up to a megabyte is made in pieces, as JSON.stringify makes it: in one piece, V8
 * would map new memory for each. Whoever sends it joins them.
 *
 * @param start - the first byte. @param end - the byte behind the last.
 */
export function longText(
  bytes: Buffer,
  encoding: 'latin1' | 'base64',
  start = 0,
  end = bytes.length,
): string {
  const length = encoding === 'latin1' ? end - start : ((end - start) * 4) / 3;
  if (length >= EXTERNAL) {
    return bytes.toString(encoding, start, end);
  }
  let text = '';
  for (let at = start; at < end; at += PIECE) {
    text += bytes.toString(encoding, at, Math.min(at + PIECE, end));
  }
  return text;
}
