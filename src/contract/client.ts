import type { Signer } from './sigv4.ts';

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

/** No answer arrived; `message` says why. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The longest answer that is read, in megabytes: ten times what Lambda answers, in case it is compressed. */
const MAX_MB = 64;

/**
 * Sends a request and reads the whole answer.
 *
 * @throws NoAnswer when nothing, or only a part, arrives in time, or when there is no end to it.
 */
export async function post(client: Client, json: string): Promise<Reply> {
  const { url, timeoutMs, signer } = client;
  const start = performance.now();
  const limit = openLimit(client);
  let hasBegun = false;
  try {
    const body = client.form ? new URLSearchParams({ json }).toString() : json;
    const headers = { 'content-type': contentType(client.form), ...client.headers };
    const response = await fetch(url, {
      method: 'POST',
      headers: signer?.sign({ url, headers, body }) ?? headers,
      body,
      // A redirected POST would arrive as a GET without a body.
      redirect: 'manual',
      signal: limit.signal,
    });
    hasBegun = true;
    const text = await readText(response);
    const ms = performance.now() - start;
    const location = response.headers.get('location');
    return { status: response.status, location, text: signer?.withoutSecrets(text) ?? text, ms };
  } catch (error) {
    if (error instanceof NoAnswer) {
      throw error;
    }
    const late = `${hasBegun ? 'the answer did not end' : 'nothing came'} within ${timeoutMs} ms`;
    throw new NoAnswer(reasonOf(error, late), { cause: error });
  } finally {
    limit.close();
  }
}

/**
 * A signal that ends a request when its time is up or the user wants it.
 *
 * Not AbortSignal.any of AbortSignal.timeout: Node 20 may collect the latter as garbage before its time.
 */
function openLimit({ timeoutMs, stop }: Client): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort(stop.reason);
  const late = () => controller.abort(new DOMException('', 'TimeoutError'));
  const timer = setTimeout(late, timeoutMs);
  stop.addEventListener('abort', abort);
  if (stop.aborted) {
    abort();
  }
  return {
    signal: controller.signal,
    close() {
      clearTimeout(timer);
      stop.removeEventListener('abort', abort);
      // What is left of the answer is not wanted; does nothing after its end.
      controller.abort();
    },
  };
}

async function readText({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > MAX_MB * 1e6) {
      throw new NoAnswer(`the answer has more than ${MAX_MB} MB`);
    }
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** The content type of a request's body. */
export function contentType(form: boolean): string {
  return form ? 'application/x-www-form-urlencoded' : 'application/json';
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection was closed before the answer',
  UND_ERR_SOCKET: 'the connection was closed before the answer',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
};

function reasonOf(error: unknown, late: string): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') {
    return late;
  }
  const { code, message } = (cause ?? error) as NodeJS.ErrnoException;
  const reason = code === undefined ? undefined : REASONS[code];
  if (message === 'bad port') {
    return 'fetch refuses this port, as browsers do';
  }
  return reason ? `${reason} (${code})` : message || String(code ?? error);
}
