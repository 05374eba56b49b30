import { crypto } from '../../crypto.ts';

const MAX_NAME = 200;
const HASH_CHARACTERS = 40;

/**
 * A file name that is unique to `key`, also on file systems that ignore case.
 *
 * All characters but `a-z 0-9 _ - .` are percent-encoded, and a dot at the start; a name that gets too long
 * is cut and ends in `~` and a hash.
 */
export function toFileName(key: string): string {
  const name = key.replace(/[^a-z0-9_.-]|^\./gu, percentEncode) || '%';
  if (name.length <= MAX_NAME) {
    return name;
  }
  const hash = crypto().createHash('sha256').update(key).digest('hex').slice(0, HASH_CHARACTERS);
  return `${name.slice(0, MAX_NAME - HASH_CHARACTERS - 1)}~${hash}`;
}

function percentEncode(character: string): string {
  return Buffer.from(character).toString('hex').replace(/../g, '%$&');
}
