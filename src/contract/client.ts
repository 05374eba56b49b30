import { exchange } from '../client/exchange.ts';
import { openLimit } from '../client/limit.ts';
import { NoAnswer } from '../client/no-answer.ts';
import type { Signer } from './sigv4.ts';

export { NoAnswer };

/** How requests are sent to a host. */
export interface Client {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sends the body as form field `json=`, as Seldon's own client does. */
  readonly form: boolean;
  /** Undefined: requests are not signed. */
  readonly signer?: Signer | undefined;
  readonly timeoutMs: number;
  /** Ends a request that is under way. */
  readonly stop: AbortSignal;
}

/** The answer of a host. */
export interface Reply {
  readonly status: number;
  /** Where a redirect points to. */
  readonly location: string | null;
  readonly text: string;
  /** From the request to the last byte of the answer, in milliseconds. */
  readonly ms: number;
}

/**
 * Sends a request once and reads the whole answer: a failure that another try would hide is what is looked
 * for.
 *
 * @throws NoAnswer when nothing, or only a part, arrives in time, when there is no end to it, or when it is
 *   stopped.
 */
export async function post(client: Client, json: string): Promise<Reply> {
  const { signer, timeoutMs, stop } = client;
  const start = performance.now();
  const limit = openLimit(timeoutMs, stop);
  try {
    const request = {
      method: 'POST',
      url: new URL(client.url),
      body: client.form ? new URLSearchParams({ json }).toString() : json,
    } as const;
    const headers = { 'content-type': contentType(client.form), ...client.headers };
    const signature = await signer?.sign(request);
    const reply = await exchange({ ...request, headers: { ...headers, ...signature } }, limit);
    const ms = performance.now() - start;
    const { status, text } = reply;
    const location = reply.headers.get('location');
    return { status, location, text: signer?.withoutSecrets(text) ?? text, ms };
  } catch (error) {
    throw stop.aborted ? new NoAnswer('stopped', { cause: error }) : error;
  } finally {
    limit.close();
  }
}

/** The content type of a request's body. */
export function contentType(form: boolean): string {
  return form ? 'application/x-www-form-urlencoded' : 'application/json';
}
