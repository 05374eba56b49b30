import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { SeededRandom } from '../../../models/lib/seeded-random.ts';

/** A proxy between a client and a server that speaks over TCP in requests and replies. */
export interface StoreProxy {
  /** `host:port` */
  readonly address: string;
  /** Of all replies, how many are lost with their connection, 0 to 1. */
  share: number;
  /** `stalled`: nothing passes, connections stay; `down`: connections are ended and refused. */
  state: 'up' | 'stalled' | 'down';
  /** How many replies were lost. */
  readonly dropped: number;
  /** How many connections were made, and how many of them are open. */
  readonly accepted: number;
  readonly open: number;
  /** How many connections were made or refused. */
  readonly attempts: number;
  /**
   * From now on every connection that is open answers its next byte with a reset, as a peer does that gave it
   * up while the client was frozen.
   */
  abandon(): void;
  /**
   * From now on the connections that are open pass nothing, or no replies, and stay; new ones are as they
   * should be. So does an address translator that forgets connections.
   */
  forget(what: 'all' | 'replies'): void;
  close(): Promise<void>;
}

/** How replies are treated. */
export interface ProxyOptions {
  /** Default 0. */
  readonly share?: number;
  /** The same seed loses the same replies, counted in the order in which they come. Default 1. */
  readonly seed?: number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isAbandoned: boolean;
  forgets?: 'all' | 'replies';
  /** Part of this reply has passed already. */
  isReplying: boolean;
}

/**
 * Forwards to `target` (`host:port`), on a free port of 127.0.0.1, and loses some of the replies: the store
 * has carried out the request, and the client's connection ends before the first byte of the answer. With
 * requests that were pipelined, all their replies are lost at once.
 */
export async function openProxy(
  target: string,
  { share = 0, seed = 1 }: ProxyOptions = {},
): Promise<StoreProxy> {
  const pairs = new Set<Pair>();
  const { hostname: host, port } = new URL(`tcp://${target}`);
  const random = new SeededRandom(seed);
  const held: (() => void)[] = [];
  let state: StoreProxy['state'] = 'up';
  let dropped = 0;
  let accepted = 0;
  let attempts = 0;
  const whenUp = (pass: () => void) => (state === 'stalled' ? void held.push(pass) : pass());

  const server = createServer({ noDelay: true }, (client) => {
    attempts++;
    if (state === 'down') {
      return void client.resetAndDestroy();
    }
    accepted++;
    const pair: Pair = {
      client,
      server: connect({ host, port: Number(port), noDelay: true }),
      isAbandoned: false,
      isReplying: false,
    };
    pairs.add(pair);
    client.on('data', (bytes) => {
      if (pair.isAbandoned) {
        return void client.resetAndDestroy();
      }
      if (pair.forgets === 'all') {
        return;
      }
      pair.isReplying = false;
      whenUp(() => pair.server.write(bytes));
    });
    pair.server.on('data', (bytes) => {
      if (pair.forgets !== undefined) {
        return;
      }
      const isLost = !pair.isReplying && random.next() < proxy.share;
      pair.isReplying = true;
      if (!isLost) {
        return whenUp(() => client.write(bytes));
      }
      dropped++;
      end(pair);
    });
    for (const socket of [client, pair.server]) {
      socket.on('error', () => {});
      socket.on('close', () => end(pair));
    }
  });

  function end(pair: Pair): void {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: StoreProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    share,
    get state() {
      return state;
    },
    set state(next) {
      state = next;
      if (next === 'down') {
        for (const pair of [...pairs]) {
          end(pair);
        }
      }
      if (next !== 'stalled') {
        for (const pass of held.splice(0)) {
          pass();
        }
      }
    },
    get dropped() {
      return dropped;
    },
    get accepted() {
      return accepted;
    },
    get attempts() {
      return attempts;
    },
    get open() {
      return pairs.size;
    },
    abandon() {
      for (const pair of pairs) {
        pair.isAbandoned = true;
      }
    },
    forget(what) {
      for (const pair of pairs) {
        pair.forgets = what;
      }
    },
    async close() {
      for (const pair of [...pairs]) {
        end(pair);
      }
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
