import { BASE_URL } from './base-url.ts';
import type { Call } from './call.ts';
import { credentialWords } from './credentials.ts';

/** Shells do not accept a longer argument; the body then has to come from a file. */
const MAX_CHARACTERS = 100_000;

/** The call as a line for sh. It does not contain credentials, but reads them from variables. */
export function curlLine({ method, path, body }: Call): string {
  const words = ['curl', quote(BASE_URL + path)];
  if (method === 'POST') {
    words.push("-H 'content-type: application/json'");
  }
  words.push(...credentialWords());
  if (method === 'POST') {
    words.push(`--data-raw ${quote(compact(body ?? ''))}`);
  }
  const line = words.join(' ');
  return line.length <= MAX_CHARACTERS ? line : withFile(words);
}

/** In single quotes, only the single quote has a meaning for a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON on one line, where that changes only white space outside texts; any other body unchanged. */
function compact(body: string): string {
  if (!body.includes('\n')) {
    return body;
  }
  try {
    const line = JSON.stringify(JSON.parse(body));
    return sameNumbers(line, body) ? line : body;
  } catch {
    return body;
  }
}

/** False when a number has more digits than JavaScript can hold. */
function sameNumbers(line: string, body: string): boolean {
  return line.replace(/\s/g, '') === body.replace(/\s/g, '');
}

function withFile(words: readonly string[]): string {
  return [...words.slice(0, -1), '--data-binary @request.json'].join(' ');
}
