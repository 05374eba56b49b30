import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request that arrived. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An HTTP server that keeps what it is sent. */
export interface Receiver {
  /** `host:port` */
  readonly host: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** Answers each request with what `answer` makes of it; default: 200. `never`: not at all. */
export async function openReceiver(
  answer: (request: Received) => { readonly status: number; readonly body?: string } | 'never' = () => ({
    status: 200,
  }),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => Buffer.alloc(0));
    const each = { path: request.url as string, headers: request.headers, body };
    received.push(each);
    const answered = answer(each);
    if (answered === 'never') {
      return;
    }
    response.writeHead(answered.status, { 'content-type': 'application/json' }).end(answered.body ?? '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
