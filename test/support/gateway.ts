import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import aws4 from 'aws4';

/** Keys of AWS that the gateway accepts. */
export const AWS_KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalr/XUtn+FEMI',
  sessionToken: 'IQoJ/b3+Jp==',
};
/** A token that the gateway accepts. */
export const TOKEN = 'eyJh.eyJz.c2ln';
const REGION = 'eu-west-1';

/** A gateway as on AWS: with a stage, and credentials that every path needs except that of the page. */
export interface Gateway {
  /** With the stage. */
  readonly url: string;
  close(): void;
}

/** Opens a gateway before what is served at `target`, which answers as API Gateway does without the key. */
export async function openGateway(target: string, stage: string, key: string): Promise<Gateway> {
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const path = incoming.url?.startsWith(`/${stage}/`) ? incoming.url.slice(stage.length + 1) : undefined;
    const isOpen = path !== undefined && /^\/(docs|api\/v1\.0\/doc)\/?$/.test(path);
    const { headers } = incoming;
    const isKnown =
      headers['x-api-key'] === key || headers.authorization === `Bearer ${TOKEN}` || isSigned(incoming, body);
    if (path !== undefined && (isOpen || isKnown)) {
      forward(target + path, { incoming, body }, outgoing);
    } else {
      refuse(outgoing);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}/${stage}`, close: () => server.close() };
}

/** Whether a request has the signature of the keys, for the region. */
function isSigned({ method, url, headers }: IncomingMessage, body: Buffer): boolean {
  const { 'x-amz-date': date, 'x-amz-security-token': token } = headers;
  if (date === undefined || token === undefined) {
    return false;
  }
  const given = { 'x-amz-date': date, 'x-amz-security-token': token };
  const asked = { service: 'execute-api', region: REGION, method, host: headers.host, path: url, body };
  const left = { extraHeadersToIgnore: { 'content-length': true, 'content-type': true } };
  const { headers: expected } = aws4.sign(
    { ...asked, ...left, headers: given } as Parameters<typeof aws4.sign>[0],
    AWS_KEYS,
  );
  return headers.authorization === expected?.Authorization;
}

function forward(
  url: string,
  { incoming, body }: { incoming: IncomingMessage; body: Buffer },
  outgoing: ServerResponse,
): void {
  const { method, headers } = incoming;
  const asked = request(url, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  asked.on('error', (error) => outgoing.destroy(error)).end(body);
}

function refuse(outgoing: ServerResponse): void {
  outgoing.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"Forbidden"}');
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}
