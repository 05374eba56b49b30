import { Redis, type RedisOptions, ReplyError } from 'iovalkey';
import { monotonicMs } from '../../clock.ts';
import { within } from '../../time-limit.ts';
import type { RedisServer } from './redis-server.ts';

/** An answer takes 1 ms; a connection that takes longer than this for one is tried no more. */
const MAX_KEPT_MS = 500;

/** One connection to a server: made when it is first needed, kept, and made anew when it is broken. */
export interface RedisConnection {
  /**
   * Runs `command`, again on a new connection when the one kept from before does not answer: while this
   * instance was frozen the server may have closed it, or something between them forgotten it.
   *
   * @throws Error when the answer is an error, or there is none in `timeoutMs`; then the connection is given
   *   up, and with it what was not yet sent.
   */
  call<T>(command: (client: Redis) => Promise<T>, timeoutMs: number): Promise<Answer<T>>;
  close(): void;
}

/** What was answered. */
export interface Answer<T> {
  readonly reply: T;
  /** The command was sent twice, and the first may have been executed as well. */
  readonly isRepeated: boolean;
}

interface Connected {
  readonly client: Redis;
  readonly whenReady: Promise<void>;
  isReady: boolean;
  /** It has answered before. */
  isKept: boolean;
  /** What it broke of; the error of a command says only that it did. */
  error?: Error;
}

export function redisConnection(server: RedisServer): RedisConnection {
  let current: Connected | undefined;
  let isClosed = false;

  function connect(): Connected {
    const client = new Redis({ ...toOptions(server), ...NO_SECOND_TRY });
    const connected: Connected = { client, whenReady: ready(client, server), isReady: false, isKept: false };
    client.on('error', (error) => {
      connected.error ??= error;
    });
    client.on('end', () => {
      if (current === connected) {
        current = undefined;
      }
    });
    return connected;
  }

  function giveUp(connected: Connected): void {
    if (current === connected) {
      current = undefined;
    }
    const { client } = connected;
    // Of one that has ended the client would wait two seconds for the end.
    if (client.status !== 'end') {
      client.disconnect();
    }
    client.stream?.destroy();
  }

  async function run<T>(command: (client: Redis) => Promise<T>, connected: Connected): Promise<T> {
    await connected.whenReady;
    connected.isReady = true;
    const reply = await command(connected.client);
    connected.isKept = true;
    return reply;
  }

  return {
    async call(command, timeoutMs) {
      const deadline = monotonicMs() + timeoutMs;
      for (let isRepeated = false; ; isRepeated = true) {
        if (isClosed) {
          throw new Error(`${server.name}: the store is closed`);
        }
        current ??= connect();
        const connected = current;
        const { isKept } = connected;
        const leftMs = deadline - monotonicMs();
        const limitMs = isKept ? Math.min(MAX_KEPT_MS, leftMs / 2) : leftMs;
        try {
          return { reply: await within(run(command, connected), limitMs, () => new NoAnswer()), isRepeated };
        } catch (error) {
          const isAnswered = connected.isReady && isAnswer(error);
          // The name of a primary leads to another server when this one has become a replica.
          if (!isAnswered || error.message.includes('READONLY')) {
            giveUp(connected);
          }
          if (isKept && !isRepeated && !isAnswered) {
            continue;
          }
          const reason = reasonOf(error, connected, timeoutMs);
          throw new Error(`${server.name}: ${withoutSecrets(reason, server)}`);
        }
      }
    },
    close() {
      isClosed = true;
      if (current) {
        giveUp(current);
      }
    },
  };
}

/**
 * Whoever calls decides what to do next: a command that the client kept for later would be executed after its
 * time.
 */
const NO_SECOND_TRY = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  retryStrategy: () => null,
  enableReadyCheck: false,
} as const;

function toOptions({ host, port, tls }: RedisServer): RedisOptions {
  // 0: IPv4 or IPv6.
  return { host, port, family: 0, tls };
}

/**
 * As options of the client, a refused login or database would not keep the first commands from being
 * executed.
 */
async function ready(client: Redis, { username, password, database }: RedisServer): Promise<void> {
  await client.connect();
  await Promise.all([
    password !== undefined && (username ? client.auth(username, password) : client.auth(password)),
    database > 0 && client.select(database),
  ]);
}

function isAnswer(error: unknown): error is Error {
  return error instanceof ReplyError;
}

class NoAnswer extends Error {}

/** Never the error itself: it carries what was sent, the password too. */
function reasonOf(error: unknown, connected: Connected, timeoutMs: number): string {
  if (error instanceof NoAnswer) {
    return `no answer in ${timeoutMs} ms`;
  }
  const { message, code } = (connected.error ?? error) as NodeJS.ErrnoException;
  // Where both addresses of a name refuse, the message is empty.
  return message || String(code);
}

/** Servers quote the beginning of a command that they do not know. */
function withoutSecrets(message: string, { password }: RedisServer): string {
  const unquoted = message.replace(/, with args beginning with.*/s, '');
  return password ? unquoted.replaceAll(password, '***') : unquoted;
}
