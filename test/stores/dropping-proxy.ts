import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy between a client and a store that speaks over TCP in requests and replies. */
export interface DroppingProxy {
  readonly host: string;
  readonly port: number;
  /** Of all replies, how many are lost with their connection, 0 to 1. */
  share: number;
  /** `stalled`: nothing passes, connections stay; `down`: connections are ended and refused. */
  state: 'up' | 'stalled' | 'down';
  /** How many replies were lost. */
  readonly dropped: number;
  /** How many connections were made, and how many of them are open. */
  readonly accepted: number;
  readonly open: number;
  /**
   * From now on every connection that is open answers its next byte with a reset, as a peer does that gave it up
   * while the client was frozen.
   */
  abandon(): void;
  close(): Promise<void>;
}

/** What to do to the replies. */
export interface DroppingOptions {
  /** Default 0. */
  readonly share?: number;
  /** The same seed loses the same replies, counted in the order in which they come. Default 1. */
  readonly seed?: number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isAbandoned: boolean;
  /** Part of this reply has passed already. */
  isReplying: boolean;
}

/**
 * Forwards to `target`, on a free port of 127.0.0.1, and loses some of the replies: the store has carried out the
 * request, and the client's connection ends before the first byte of the answer. With requests that were pipelined,
 * all their replies are lost at once.
 */
export async function openDroppingProxy(
  target: { readonly host: string; readonly port: number },
  { share = 0, seed = 1 }: DroppingOptions = {},
): Promise<DroppingProxy> {
  const pairs = new Set<Pair>();
  const random = createRandom(seed);
  const held: (() => void)[] = [];
  let state: DroppingProxy['state'] = 'up';
  let dropped = 0;
  let accepted = 0;
  const whenUp = (pass: () => void) => (state === 'stalled' ? void held.push(pass) : pass());

  const server = createServer({ noDelay: true }, (client) => {
    if (state === 'down') return void client.resetAndDestroy();
    accepted++;
    const pair: Pair = {
      client,
      server: connect({ ...target, noDelay: true }),
      isAbandoned: false,
      isReplying: false,
    };
    pairs.add(pair);
    client.on('data', (bytes) => {
      if (pair.isAbandoned) return void client.resetAndDestroy();
      pair.isReplying = false;
      whenUp(() => pair.server.write(bytes));
    });
    pair.server.on('data', (bytes) => {
      const isLost = !pair.isReplying && random() < proxy.share;
      pair.isReplying = true;
      if (!isLost) return whenUp(() => client.write(bytes));
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
  const proxy: DroppingProxy = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    share,
    get state() {
      return state;
    },
    set state(next) {
      state = next;
      if (next === 'down') for (const pair of [...pairs]) end(pair);
      if (next !== 'stalled') for (const pass of held.splice(0)) pass();
    },
    get dropped() {
      return dropped;
    },
    get accepted() {
      return accepted;
    },
    get open() {
      return pairs.size;
    },
    abandon() {
      for (const pair of pairs) pair.isAbandoned = true;
    },
    async close() {
      for (const pair of [...pairs]) end(pair);
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** Numbers from 0 to 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
