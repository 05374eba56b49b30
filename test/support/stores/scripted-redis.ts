import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server on 127.0.0.1 that says what it is told to, and nothing else. */
export interface ScriptedRedis {
  readonly url: string;
  /** The connections that came. */
  readonly accepted: number;
  /** Settles when no connection is open any more. */
  close(): Promise<void>;
}

/** What a server says: `greet` to who connects, and `answer` whenever bytes have come. */
export interface Script {
  greet?(socket: Socket): void;
  answer?(socket: Socket): void;
}

/** For answers that no real server can be brought to give. */
export async function openScriptedRedis({ greet, answer }: Script): Promise<ScriptedRedis> {
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    // Small pieces are not kept back until the ones before are acknowledged.
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', () => answer?.(socket));
    greet?.(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get accepted() {
      return accepted;
    },
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
