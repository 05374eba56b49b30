/** One HTTP request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
}

/** What an answer brings. */
export interface Content {
  /** Decompressed. */
  readonly text: string;
  /** The bytes of tensors behind the text, where there are some. */
  readonly tail?: Uint8Array<ArrayBuffer> | undefined;
}

/** The whole answer of a host. */
export interface Reply extends Content {
  /** 0 for a redirect in a browser, which does not tell more of it. */
  readonly status: number;
  readonly headers: Headers;
}

/** How a request is sent. */
export interface Sending {
  /** Default: that of the platform. */
  readonly fetch?: typeof fetch | undefined;
  /** Ends the request, also while its answer is read. */
  readonly signal?: AbortSignal | undefined;
  /** Reads the answer; default: whatever its size is. */
  readonly read?: ((response: Response) => Promise<Content>) | undefined;
}

/**
 * Sends a request once and reads the whole answer, whatever its status is. Redirects are not followed: the
 * credentials are for this host, and a redirected POST would arrive as a GET without a body.
 *
 * @throws what fetch does when there is no answer.
 */
export async function send(
  { method, url, headers, body }: HttpRequest,
  { fetch: fetched = fetch, signal, read = readAll }: Sending = {},
): Promise<Reply> {
  const response = await fetched(url.href, {
    method,
    headers,
    ...(body === undefined ? { cache: 'no-store' } : { body }),
    redirect: 'manual',
    ...(signal && { signal }),
  });
  return { status: response.status, headers: response.headers, ...(await read(response)) };
}

async function readAll(response: Response): Promise<Content> {
  return { text: await response.text() };
}
