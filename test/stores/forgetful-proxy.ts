import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy between a client and a server, as an address translator that forgets connections. */
export interface ForgetfulProxy {
  /** host:port */
  readonly address: string;
  /** How many connections were made. */
  readonly accepted: number;
  /** Passes nothing more on the connections that there are, and does not say so; new ones are as they should be. */
  forget(): void;
  /** Passes no more answers on the connections that there are, but requests still. */
  forgetAnswers(): void;
  close(): Promise<void>;
}

/** A proxy on a free port, to `target` (host:port). */
export async function startForgetfulProxy(target: string): Promise<ForgetfulProxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let accepted = 0;
  const proxy = createServer((client) => {
    accepted++;
    const server = connect(Number(port), hostname);
    const pair = { client, server };
    pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    get accepted() {
      return accepted;
    },
    forget() {
      for (const { client, server } of pairs) {
        client.unpipe(server).pause();
        server.unpipe(client).pause();
      }
    },
    forgetAnswers() {
      for (const { client, server } of pairs) server.unpipe(client).resume();
    },
    async close() {
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
