/** What a host is asked with. */
export interface Client {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as form field `json=`, as SeldonClient sends it. */
  readonly form: boolean;
  readonly timeoutMs: number;
  /** Ends a request that is under way. */
  readonly stop: AbortSignal;
}

/** What came back, and after how many milliseconds. */
export interface Reply {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
  readonly ms: number;
}

/** There was no answer; `message` says why. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** @throws NoAnswer when nothing, or not all, came back in time. */
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
    return 'fetch, as browsers do, refuses to speak to this port';
  }
  return reason ? `${reason} (${code})` : message || String(code ?? error);
}
