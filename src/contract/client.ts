import { readDivided } from '../client/binary-tensors.ts';
import { exchange } from '../client/exchange.ts';
import { openLimit } from '../client/limit.ts';
import { NoAnswer } from '../client/no-answer.ts';
import type { Message } from './protocols/protocol.ts';
import type { Signer } from './sigv4.ts';

export { NoAnswer };

/** How requests are sent to a host. */
export interface Client {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
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
  /** The bytes of tensors behind the text; undefined where there are none. */
  readonly tail: Uint8Array<ArrayBuffer> | undefined;
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
export async function post(client: Client, { body, headers: own }: Message): Promise<Reply> {
  const { signer, timeoutMs, stop } = client;
  const start = performance.now();
  const limit = openLimit(timeoutMs, stop);
  try {
    const request = { method: 'POST', url: new URL(client.url), body } as const;
    const signature = await signer?.sign(request);
    const headers = { ...own, ...client.headers, ...signature };
    const reply = await exchange({ ...request, headers }, limit, { readContent: readDivided });
    const ms = performance.now() - start;
    const { status, text, tail } = reply;
    const location = reply.headers.get('location');
    return { status, location, text: signer?.withoutSecrets(text) ?? text, tail, ms };
  } catch (error) {
    throw stop.aborted ? new NoAnswer('stopped', { cause: error }) : error;
  } finally {
    limit.close();
  }
}
