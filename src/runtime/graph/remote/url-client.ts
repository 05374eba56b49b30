import { type Connections, type HttpCall, openConnections } from '../../clients/connections.ts';
import { awsSettings } from '../../config.ts';
import type { Instance } from '../../instance/instance.ts';
import { TOO_LONG } from './remote-unit.ts';
import type { RemoteAnswer, RemoteRequest } from './transport.ts';

/** The longest answer, several times what a function can answer: one without an end would fill the memory. */
const MAX_ANSWER_BYTES = 2 ** 25;

/** A request to a path below the URL. */
export interface UrlRequest extends Omit<RemoteRequest, 'endpoint'> {
  /** URL-encoded, without the question mark; default: none. */
  readonly query?: string;
}

/** Sends requests to a URL. */
export interface UrlClient {
  /** Without the path of a request. */
  readonly base: URL;
  /** Sends a request once. @throws as `Connections.send`; CallFailure for an answer that is too long. */
  send(request: UrlRequest): Promise<RemoteAnswer>;
}

/**
 * Makes a client of a URL, with which a request's path is joined; nothing is sent yet. A request to a Lambda
 * function URL or to API Gateway is signed.
 *
 * @param what - whom it calls, for the log.
 */
export async function openUrlClient(
  what: string,
  target: string,
  { config }: Pick<Instance, 'config'>,
): Promise<UrlClient> {
  const base = new URL(target);
  const service = serviceOf(base.hostname);
  const [, region] = REGION.exec(base.hostname) ?? [];
  const settings = awsSettings(config);
  const connections: Pick<Connections, 'send'> =
    service === undefined
      ? openConnections(base.protocol)
      : (await import('../../clients/aws-client.ts')).openAwsClient(service, base, {
          ...settings,
          region: region ?? settings.region,
        });
  const { host, search } = base;
  // Nothing is joined with a URL that is the call itself.
  const below = (path: string) =>
    path === '' ? base.pathname : `${base.pathname.replace(/\/$/, '')}${path}`;
  return {
    base,
    send: ({ method, path, query = '', headers, body, timeoutMs, isRepeatable }) =>
      connections.send({
        what: `${method} ${path} of ${what}`,
        method,
        endpoint: base,
        path: `${below(path)}${joined(search, query)}`,
        headers: sendable(headers, { host, 'content-length': String(Buffer.byteLength(body)) }),
        body,
        timeoutMs,
        isRepeatable,
        onData: limiter(),
      }),
  };
}

/** The query of the URL, and that of a request. */
function joined(search: string, query: string): string {
  return query === '' ? search : `${search || '?'}${search.length > 1 ? '&' : ''}${query}`;
}

/**
 * Headers as a request can carry them: a caller's may have come in an event, from which nothing is refused.
 * Other characters than printable ASCII are percent-encoded, as in the headers of answers.
 */
function sendable(
  headers: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name] as string;
    if (TOKEN.test(name)) {
      sent[name] = ODD.test(value) ? value.replace(/[^\t\x20-\x7e]+/g, encodeBytes) : value;
    }
  }
  return Object.assign(sent, own);
}

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const ODD = /[^\t\x20-\x7e]/;

function encodeBytes(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase().replace(/../g, '%$&');
}

/** Ends the call whose answer is too long. */
function limiter(): NonNullable<HttpCall['onData']> {
  let bytes = 0;
  return (chunk, sent) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      const error = new Error(`an answer over ${MAX_ANSWER_BYTES} bytes`);
      sent.destroy(Object.assign(error, { code: TOO_LONG }));
    }
  };
}

const REGION = /\.(?:lambda-url|execute-api)\.([a-z0-9-]+)\./;

/** The service that a request to this host is signed for. */
function serviceOf(hostname: string): 'lambda' | 'execute-api' | undefined {
  if (/\.lambda-url\.[a-z0-9-]+\.on\.aws$/.test(hostname)) {
    return 'lambda';
  }
  return /\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(hostname) ? 'execute-api' : undefined;
}
