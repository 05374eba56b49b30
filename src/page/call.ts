import { BASE_URL } from './base-url.ts';
import { credentialHeaders } from './credentials.ts';
import { parseJson } from './json-text.ts';

/** A request to an endpoint. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** As in the description: `/predict`. */
  readonly path: string;
  /** JSON text, or any other text that the person wrote. */
  readonly body?: string | undefined;
}

/** The answer of the host. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The text as JSON; undefined for any other text. */
  readonly json: unknown;
  readonly puid: string | null;
  readonly milliseconds: number;
}

/**
 * Sends a call with the person's credentials.
 *
 * @throws TypeError when the host cannot be reached, or the browser may not call it.
 */
export async function send({ method, path, body }: Call): Promise<Answer> {
  const start = performance.now();
  const url = new URL(BASE_URL + path);
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(await credentialHeaders({ method, url, body })),
  };
  const response = await fetch(url, { method, headers, body: body ?? null, cache: 'no-store' });
  const text = await response.text();
  const milliseconds = Math.round(performance.now() - start);
  return {
    status: response.status,
    text,
    json: parseJson(text),
    puid: response.headers.get('seldon-puid'),
    milliseconds,
  };
}

/** Why a call failed, in the words of the function or of the gateway before it; undefined for a success. */
export function failureOf({ status, json, text }: Answer): string | undefined {
  if (status < 400) {
    return undefined;
  }
  const { status: said, message } = (json ?? {}) as {
    status?: { reason?: unknown; info?: unknown };
    message?: unknown;
  };
  const hint = status === 401 || status === 403 ? ' Does it need an API key, a token or keys of AWS?' : '';
  if (said?.info !== undefined) {
    return `${toText(said.reason ?? '')}: ${toText(said.info)}`.replace(/^: /, '');
  }
  if (message !== undefined) {
    return `${toText(message)}.${hint}`;
  }
  return (text.trim().slice(0, 300) || 'an answer without a text.') + hint;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
