import { readFailure } from '../client/failure.ts';
import { send as sendRequest } from '../client/send.ts';
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
  /** Whether a graph shall say the milliseconds of each unit. */
  readonly isTimed?: boolean;
}

/** The answer of the host. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The text as JSON; undefined for any other text. */
  readonly json: unknown;
  readonly headers: Headers;
  readonly milliseconds: number;
}

/**
 * Sends a call with the person's credentials.
 *
 * @throws Error when the host cannot be reached, or the browser may not call it.
 */
export async function send({ method, path, body, isTimed }: Call): Promise<Answer> {
  const start = performance.now();
  const url = new URL(BASE_URL + path);
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(isTimed && { 'seldon-graph-timing': 'true' }),
    ...(await credentialHeaders({ method, url, body })),
  };
  const reply = await sendRequest({ method, url, headers, body });
  const milliseconds = Math.round(performance.now() - start);
  return { ...reply, json: parseJson(reply.text), milliseconds };
}

/** Why a call failed, in the words of the function or of the gateway before it; undefined for a success. */
export function failureOf({ status, json, text }: Answer): string | undefined {
  if (status < 400) {
    return undefined;
  }
  const { reason, info } = readFailure(json);
  if (reason !== undefined) {
    return `${toText(reason)}: ${toText(info)}`;
  }
  const hint = status === 401 || status === 403 ? ' Does it need an API key, a token or keys of AWS?' : '';
  return (
    (info === undefined ? text.trim().slice(0, 300) || 'an answer without a text.' : `${toText(info)}.`) +
    hint
  );
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
