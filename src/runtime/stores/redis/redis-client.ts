import type { RedisServer } from './redis-server.ts';
import { RedisRefusal, type Reply, ReplyReader } from './replies.ts';

const { connect } = process.getBuiltinModule('node:net');

/** One connection to a Redis server; when it has ended, another one has to be opened. */
export interface RedisClient {
  /** Settles when the connection is made, with TLS when its certificate is trusted. */
  readonly whenConnected: Promise<void>;
  /**
   * Sends a command, and answers its reply. Commands of one turn are sent together.
   *
   * @throws RedisRefusal when the server refuses it; Error when the connection ends before its reply.
   */
  send(...words: readonly (string | Uint8Array)[]): Promise<Reply>;
  /** Ends the connection at once; commands without a reply fail. */
  destroy(): void;
}

/**
 * Opens a connection. This client has what the store needs and no more: the usual ones are 130 kB and more,
 * and half of the time of a first read was spent on loading one.
 *
 * @param onEnd - called once, when the connection has ended for whatever reason.
 */
export function openRedisClient({ host, port, tls }: RedisServer, onEnd: () => void): RedisClient {
  // Only who uses TLS loads it.
  const socket = tls
    ? process.getBuiltinModule('node:tls').connect({ host, port, ...tls })
    : connect({ host, port });
  const replies = new ReplyReader();
  /** The commands that have no reply yet, in the order in which they were sent. */
  const waiting: Waiting[] = [];
  /** Why the connection has ended. */
  let end: Error | undefined;

  function fail(error: Error): void {
    if (end) {
      return;
    }
    end = error;
    socket.destroy();
    for (const { reject } of waiting.splice(0)) {
      reject(error);
    }
    onEnd();
  }

  function take(reply: Reply): void {
    const first = waiting.shift();
    if (reply instanceof RedisRefusal) {
      // A server that takes no more clients says so before it is asked.
      (first?.reject ?? fail)(reply);
    } else if (first) {
      first.resolve(reply);
    } else {
      fail(new Error('the server answered what was not asked'));
    }
  }

  function send(...words: readonly (string | Uint8Array)[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (end) {
        reject(end);
        return;
      }
      waiting.push({ resolve, reject });
      // All commands of a turn go to the system at once: each alone would take 8 us more.
      socket.cork();
      process.nextTick(() => socket.uncork());
      for (const part of encode(words)) {
        socket.write(part);
      }
    });
  }

  const whenConnected = new Promise<void>((resolve, reject) => {
    socket.once(tls ? 'secureConnect' : 'connect', resolve);
    socket.once('close', () => {
      fail(new Error('the connection was closed'));
      reject(end);
    });
  });
  // Who has given up on it does not wait for it any more.
  whenConnected.catch(() => {});
  socket.setNoDelay(true);
  socket.on('error', fail);
  socket.on('data', (piece) => {
    try {
      replies.read(piece).forEach(take);
    } catch (error) {
      fail(error as Error);
    }
  });
  return { whenConnected, send, destroy: () => fail(new Error('the connection was closed')) };
}

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** A command as a list of its words; bytes are not copied. */
function encode(words: readonly (string | Uint8Array)[]): (string | Uint8Array)[] {
  const parts: (string | Uint8Array)[] = [];
  let text = `*${words.length}\r\n`;
  for (const word of words) {
    text += `$${Buffer.byteLength(word)}\r\n`;
    if (typeof word === 'string') {
      text += word;
    } else {
      parts.push(text, word);
      text = '';
    }
    text += '\r\n';
  }
  return [...parts, text];
}
