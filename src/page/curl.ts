import { apiKey } from './api-key.ts';
import { BASE_URL } from './base-url.ts';
import type { Call } from './call.ts';

/** A longer line is more than a shell takes at once. */
const MAX_CHARACTERS = 100_000;

/** The call as a line for sh. The API key stays out of it: the line reads it from `API_KEY`. */
export function curlLine({ method, path, body }: Call): string {
  const words = ['curl', quote(BASE_URL + path)];
  if (method === 'POST') {
    words.push("-H 'content-type: application/json'");
  }
  if (apiKey() !== '') {
    words.push('-H "x-api-key: $API_KEY"');
  }
  if (method === 'POST') {
    words.push(`--data-raw ${quote(compact(body ?? ''))}`);
  }
  const line = words.join(' ');
  return line.length <= MAX_CHARACTERS ? line : withFile(words);
}

/** In single quotes nothing but the single quote means something to a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON on one line, where that changes nothing but white space outside of texts; else as it is. */
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

/** A number may have more digits than JavaScript keeps. */
function sameNumbers(line: string, body: string): boolean {
  return line.replace(/\s/g, '') === body.replace(/\s/g, '');
}

function withFile(words: readonly string[]): string {
  return [...words.slice(0, -1), '--data-binary @request.json'].join(' ');
}
