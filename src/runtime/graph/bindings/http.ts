import { CallFailure, connectionError } from '../../call-failure.ts';
import { type Connections, type HttpCall, openConnections } from '../../clients/connections.ts';
import { awsSettings } from '../../config.ts';
import type { BindingHost, BoundUnit } from '../bound-unit.ts';
import type { UnitPlan } from '../plan.ts';
import { remoteUnit, TOO_LONG, type Transport } from '../remote/remote-unit.ts';

/** The longest time in which a connection is made, in milliseconds. */
const CONNECT_MS = 3_000;

/** The longest answer, several times what a function can answer: one without an end would fill the memory. */
const MAX_ANSWER_BYTES = 2 ** 25;

/** Opens a unit with a URL. A request to a Lambda function URL or to API Gateway is signed. */
export async function openUrl(name: string, plan: UnitPlan, graph: BindingHost): Promise<BoundUnit> {
  const base = new URL(plan.target);
  const service = serviceOf(base.hostname);
  const [, region] = REGION.exec(base.hostname) ?? [];
  const settings = awsSettings(graph.instance.config);
  const connections: Pick<Connections, 'send'> =
    service === undefined
      ? openConnections(base.protocol)
      : (await import('../../clients/aws-client.ts')).openAwsClient(service, base, {
          ...settings,
          region: region ?? settings.region,
        });
  const { host, search } = base;
  const folder = base.pathname.replace(/\/$/, '');
  const transport: Transport = {
    send: ({ method, path, headers, body, timeoutMs, isRepeatable }) =>
      connections.send({
        what: `${method} ${path} of unit ${name}`,
        method,
        endpoint: base,
        path: `${folder}${path}${search}`,
        headers: sendable(headers, { host, 'content-length': String(Buffer.byteLength(body)) }),
        body,
        timeoutMs,
        isRepeatable,
        onData: limiter(),
      }),
    check: (timeoutMs) => connect(base, Math.min(timeoutMs, CONNECT_MS)),
  };
  return remoteUnit('http', { name, plan, host: graph }, transport);
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

/** Opens a connection and closes it, as the executor does. */
function connect({ hostname, port, protocol }: URL, timeoutMs: number): Promise<void> {
  const net = process.getBuiltinModule('node:net');
  const to = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port) || (protocol === 'http:' ? 80 : 443),
  };
  return new Promise((resolve, reject) => {
    const socket = net.connect(to, () => {
      socket.destroy();
      resolve();
    });
    socket.setTimeout(timeoutMs, () => {
      socket.destroy();
      reject(new CallFailure(`${hostname}: no connection within ${timeoutMs} ms`, 'no answer'));
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      reject(connectionError(`${hostname}: ${error.message}`, error.code, error)),
    );
  });
}
