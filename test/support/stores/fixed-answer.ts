import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A server on 127.0.0.1 that gives everyone one answer. */
export interface FixedAnswer {
  readonly url: string;
  /** How many requests came. */
  readonly count: number;
  close(): void;
}

/** For answers that no emulator can be brought to give. `body`: or what makes it of the request's. */
export async function openFixedAnswer(
  status: number,
  body: string | ((request: string) => string),
): Promise<FixedAnswer> {
  let count = 0;
  const server = createServer(async (request, response) => {
    count++;
    const received = await text(request);
    response.writeHead(status).end(typeof body === 'string' ? body : body(received));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get count() {
      return count;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
