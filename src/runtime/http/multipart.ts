import { toBase64 } from '../base64.ts';
import { badData } from '../errors.ts';
import { explainJson } from '../json/explain-json.ts';
import { readJson } from '../json/read-json.ts';
import { show } from '../show.ts';

/**
 * Reads a message from `multipart/form-data`. The parts have the names of the message's fields.
 *
 * A text part contains JSON, except for `strData`, which is plain text. A file contains bytes for `binData`,
 * and UTF-8 text for any other field. A part `json` is the whole message.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the part.
 */
export async function readMultipart(body: string | Uint8Array, contentType: string): Promise<unknown> {
  const message: Record<string, unknown> = Object.create(null);
  for (const { name, isFile, content } of readParts(Buffer.from(body), contentType)) {
    if (name in message) {
      throw badData(`multipart/form-data: the part ${show(name)} is there more than once`);
    }
    const value = isFile ? readFile(name, content) : await readText(name, content.toString());
    message[name] = isFile && name === 'json' ? await readPart(name, value as string) : value;
  }
  return 'json' in message ? message.json : message;
}

interface Part {
  readonly name: string;
  readonly isFile: boolean;
  readonly content: Buffer;
}

/**
 * Reads the parts of a body according to RFC 2046 and RFC 7578, and accepts the deviations of common clients.
 *
 * Node's own `Response.formData()` is not used: it refuses names without quotes, `filename*`, a preamble, and
 * the text of a boundary anywhere in a part.
 */
function readParts(body: Buffer, contentType: string): Part[] {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (boundary === null) {
    throw badData('Invalid request data type: multipart/form-data whose content type names no boundary');
  }
  // The line break before a boundary is part of the boundary; the first one may have none.
  const bytes = Buffer.concat([CRLF, body]);
  const delimiter = Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`);
  const parts: Part[] = [];
  let start: number | undefined;
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, at + 1)) {
    const next = at + delimiter.length;
    const rest = /^(--)?[ \t]*(\r\n|$)/.exec(bytes.toString('latin1', next, next + MAX_PADDING));
    // A line of the part that begins like the boundary, but is longer.
    if (rest === null && bytes.toString('latin1', next, next + 2) !== '--') {
      continue;
    }
    if (start !== undefined) {
      parts.push(readPartAt(bytes.subarray(start, at)));
    }
    if (bytes.toString('latin1', next, next + 2) === '--') {
      return parts;
    }
    start = next + (rest as RegExpExecArray)[0].length;
  }
  throw badData('multipart/form-data: the closing boundary is missing; the body is truncated');
}

const CRLF = Buffer.from('\r\n');
/** There may be blanks between a boundary and the end of its line, but never many. */
const MAX_PADDING = 64;

function readPartAt(bytes: Buffer): Part {
  // A part without headers begins with the empty line.
  const end = bytes.indexOf('\r\n\r\n');
  const headers = end < 0 ? '' : bytes.toString('utf8', 0, end);
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(headers)?.[1] ?? '';
  const name = /;\s*name=(?:"((?:\\.|[^"\\])*)"|([^;\s]*))/i.exec(disposition);
  if (name === null) {
    throw badData('multipart/form-data: a part has no name');
  }
  return {
    name: (name[1] ?? (name[2] as string)).replace(/\\(.)/g, '$1').replaceAll('%22', '"'),
    isFile: /;\s*filename\*?=/i.test(disposition),
    content: bytes.subarray(end + 4),
  };
}

function readText(name: string, text: string): unknown {
  return name === 'strData' ? text : readPart(name, text);
}

async function readPart(name: string, text: string): Promise<unknown> {
  try {
    return await readJson(text);
  } catch (error) {
    throw explainJson(text, error, `multipart/form-data: the part ${show(name)} is not JSON`);
  }
}

function readFile(name: string, bytes: Buffer): string {
  if (name === 'binData') {
    return toBase64(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw badData(`multipart/form-data: the file ${show(name)} is not UTF-8`, error);
  }
}
