import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** A gateway as on AWS: with a stage, and a key that every path needs except that of the page. */
export interface Gateway {
  /** With the stage. */
  readonly url: string;
  close(): void;
}

/** Opens a gateway before what is served at `target`, which answers as API Gateway does without the key. */
export async function openGateway(target: string, stage: string, key: string): Promise<Gateway> {
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url?.startsWith(`/${stage}/`) ? incoming.url.slice(stage.length + 1) : undefined;
    const isOpen = path !== undefined && /^\/(docs|api\/v1\.0\/doc)\/?$/.test(path);
    if (path !== undefined && (isOpen || incoming.headers['x-api-key'] === key)) {
      forward(target + path, incoming, outgoing);
    } else {
      refuse(outgoing);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}/${stage}`, close: () => server.close() };
}

function forward(url: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers } = incoming;
  const asked = request(url, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  incoming.pipe(asked.on('error', (error) => outgoing.destroy(error)));
}

function refuse(outgoing: ServerResponse): void {
  outgoing.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"Forbidden"}');
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}
