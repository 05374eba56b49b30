import { toBase64 } from './base64.ts';
import { badData } from './errors.ts';
import { readJson } from './json.ts';

/**
 * A message from `multipart/form-data`, whose parts are named like the message's fields.
 *
 * A text part holds JSON (`strData`: text); a file is bytes for `binData` and UTF-8 text otherwise; a part `json` is the
 * whole message.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the part.
 */
export async function readMultipart(body: string | Uint8Array, contentType: string): Promise<unknown> {
  const message: Record<string, unknown> = Object.create(null);
  for (const [name, part] of await readParts(body, contentType)) {
    const value = typeof part === 'string' ? readText(name, part) : await readFile(name, part);
    if (name === 'json')
      return typeof value === 'string' && typeof part !== 'string' ? readPart(name, value) : value;
    message[name] = value;
  }
  return message;
}

async function readParts(body: string | Uint8Array, contentType: string): Promise<FormData | []> {
  if (!/boundary=/i.test(contentType)) return [];
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
  const boundary = /boundary="?([^";]+)/i.exec(contentType)?.[1]?.trim();
  if (!text.includes(`--${boundary}--`))
    throw badData('multipart/form-data: the closing boundary is missing; the body is truncated');
  if (text.trimStart().startsWith(`--${boundary}--`)) return [];
  try {
    // Bytes always: a Response made of text would encode lone surrogates anew. node's own parser needs no package.
    return await new Response(typeof body === 'string' ? Buffer.from(body) : body, {
      headers: { 'content-type': contentType },
    }).formData();
  } catch (error) {
    throw badData('multipart/form-data: the body cannot be read', error);
  }
}

function readText(name: string, text: string): unknown {
  return name === 'strData' ? text : readPart(name, text);
}

function readPart(name: string, text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    throw badData(
      `multipart/form-data: the part ${name} is no JSON: ${JSON.stringify(text.slice(0, 60))}`,
      error,
    );
  }
}

async function readFile(name: string, file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (name === 'binData') return toBase64(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw badData(`multipart/form-data: the file ${name} is not UTF-8`, error);
  }
}
