import type { Limit } from './limit.ts';
import { NoAnswer } from './no-answer.ts';
import { MAX_BYTES, readText } from './read-text.ts';
import { type Content, type HttpRequest, type Reply, type Sending, send } from './send.ts';

/** How a request is sent until a limit. */
export interface Exchanging extends Pick<Sending, 'fetch'> {
  /** Bytes of the answer, decompressed, at most; default: 64,000,000. */
  readonly maxBytes?: number | undefined;
  /** Reads the answer; default: all of it is text. */
  readonly readContent?: ReadContent | undefined;
}

/**
 * Reads what an answer brings.
 *
 * @throws NoAnswer for an answer that has more than `maxBytes`, decompressed.
 */
export type ReadContent = (response: Response, maxBytes: number) => Promise<Content>;

/**
 * Sends a request once and reads the whole answer, until a limit.
 *
 * @throws NoAnswer when nothing, or only a part, arrives in time, or when the answer is too large; the reason
 *   of the caller's signal when that is aborted.
 */
export async function exchange(
  request: HttpRequest,
  limit: Limit,
  { fetch, maxBytes = MAX_BYTES, readContent = readText }: Exchanging = {},
): Promise<Reply> {
  const { signal, timeoutMs } = limit;
  let hasBegun = false;
  const read = (response: Response) => {
    hasBegun = true;
    return readContent(response, maxBytes);
  };
  try {
    return await send(request, { fetch, signal, read });
  } catch (error) {
    if (limit.isLate()) {
      const late = `${hasBegun ? 'the answer did not end' : 'nothing came'} within ${timeoutMs} ms`;
      throw new NoAnswer(late, { cause: signal.reason });
    }
    throw signal.aborted ? signal.reason : toNoAnswer(error);
  }
}

/** Whether another try may help: not if the certificate of the host is bad, or the answer is too large. */
export function isPassing({ cause }: NoAnswer): boolean {
  const code = codeOf(cause);
  // A browser tells no code. Node tells none where the address is wrong, as for a port that is refused.
  return code === undefined
    ? cause instanceof Error && cause.name !== 'TimeoutError' && cause.cause === undefined
    : !/CERT|VERIFY|^ERR_(TLS|SSL)/.test(code);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection was closed before the answer',
  UND_ERR_SOCKET: 'the connection was closed before the answer',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
};

function toNoAnswer(error: unknown): NoAnswer {
  return error instanceof NoAnswer ? error : new NoAnswer(reasonOf(error), { cause: error });
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const { message, cause } = error as { message?: unknown; cause?: { message?: unknown } };
  if (code !== undefined) {
    const reason = REASONS[code] ?? cause?.message;
    return reason ? `${reason} (${code})` : code;
  }
  if (cause?.message === 'bad port') {
    return 'fetch refuses this port, as browsers do';
  }
  // A browser says no more than "Failed to fetch".
  return cause === undefined
    ? `${message} (the host cannot be reached, or does not let this page call it)`
    : String(cause.message || message);
}

/** Node's code of a failed connection, which is that of the error or of its cause. */
function codeOf(error: unknown): string | undefined {
  const { code, cause } = Object(error) as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : cause === undefined ? undefined : codeOf(cause);
}
