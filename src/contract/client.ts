/** How requests are sent to a host. */
export interface Client {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sends the body as form field `json=`, as Seldon's own client does. */
  readonly form: boolean;
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

/**
 * Sends a request and reads the whole answer.
 *
 * @throws NoAnswer when nothing, or only a part, arrives in time.
 */
export async function post({ url, headers, form, timeoutMs, stop }: Client, json: string): Promise<Reply> {
  const start = performance.now();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType(form), ...headers },
      body: form ? new URLSearchParams({ json }).toString() : json,
      // A redirected POST would arrive as a GET without a body.
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stop]),
    });
    const text = await response.text();
    const { status } = response;
    return { status, location: response.headers.get('location'), text, ms: performance.now() - start };
  } catch (error) {
    throw new NoAnswer(reasonOf(error, timeoutMs), { cause: error });
  }
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

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') {
    return `nothing came within ${timeoutMs} ms`;
  }
  const { code, message } = (cause ?? error) as NodeJS.ErrnoException;
  const reason = code === undefined ? undefined : REASONS[code];
  if (message === 'bad port') {
    return 'fetch refuses this port, as browsers do';
  }
  return reason ? `${reason} (${code})` : message || String(code ?? error);
}
