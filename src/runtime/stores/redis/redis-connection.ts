import { Redis, type RedisOptions, ReplyError } from 'iovalkey';
import { CallFailure, configurationError, connectionError, NotCarriedOut } from '../../call-failure.ts';
import { monotonicMs } from '../../clock.ts';
import { within } from '../../time-limit.ts';
import type { RedisServer } from './redis-server.ts';

/** Milliseconds to wait on a kept connection before a new one is tried; an answer takes 1 ms. */
const MAX_KEPT_MS = 500;

/** One connection to a server: opened when it is first needed, kept, and opened again when it is broken. */
interface RedisConnection {
  /**
   * Runs `command`, and runs it again on a new connection when the kept one does not answer: while this
   * instance was frozen, the server may have closed it, or a device in between may have dropped it.
   *
   * @throws NotCarriedOut when the server refuses it for now, or was not reached; SeldonError when it refuses
   *   it for good; CallFailure when it is not known whether it was executed, as when there is no answer in
   *   `timeoutMs`. Without an answer the connection is closed, and what was not yet sent is dropped.
   */
  call<T>(command: (client: Redis) => Promise<T>, timeoutMs: number): Promise<Answer<T>>;
  close(): void;
}

/** The reply to a command. */
export interface Answer<T> {
  readonly reply: T;
  /** Whether the command was sent twice; then both may have been executed. */
  readonly isRepeated: boolean;
}

interface Connected {
  readonly client: Redis;
  readonly whenReady: Promise<void>;
  isReady: boolean;
  /** Whether it has answered before. */
  isKept: boolean;
  /** Why the connection broke; a failed command only says that it did. */
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
    // For a connection that has ended, the client would wait two seconds for the end.
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
          throw new NotCarriedOut(`${server.name}: the store is closed`, 'the store is closed');
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
          // The name of the primary leads to another server once this one has become a replica.
          if (!isAnswered || error.message.includes('READONLY')) {
            giveUp(connected);
          }
          if (isKept && !isRepeated && !isAnswered) {
            continue;
          }
          throw toError({ error, connected, isRepeated, timeoutMs }, server);
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
 * The caller decides about retries: a command that the client kept for later would be executed too late.
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
 * Logs in and selects the database. As options of the client, a refusal of these would not stop the first
 * commands from being executed.
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

/** A failed command, and the connection that it was for. */
interface Failed {
  readonly error: unknown;
  readonly connected: Connected;
  readonly isRepeated: boolean;
  readonly timeoutMs: number;
}

/** The error to throw: the client's own has what was sent, even the password. */
function toError({ error, connected, isRepeated, timeoutMs }: Failed, server: RedisServer): Error {
  const say = (reason: string) => `${server.name}: ${withoutSecrets(reason, server)}`;
  // The first of two tries may have been executed, whatever became of the second.
  const Failure = isRepeated ? CallFailure : NotCarriedOut;
  if (error instanceof NoAnswer) {
    const Silence = connected.isReady ? CallFailure : Failure;
    return new Silence(say(`no answer in ${timeoutMs} ms`), 'no answer');
  }
  if (isAnswer(error)) {
    const failure = new Failure(say(error.message), summaryOfReply(error.message));
    return isRepeated || PASSING.test(error.message) ? failure : configurationError(failure);
  }
  const { message, code } = (connected.error ?? error) as NodeJS.ErrnoException;
  // When both addresses of a name refuse, the message is empty.
  const broken = connectionError(say(message || String(code)), code);
  return isRepeated && broken instanceof NotCarriedOut
    ? new CallFailure(broken.message, broken.summary)
    : broken;
}

/**
 * Refusals that may pass: while the server starts, is busy, full or fails over. All others are for good, as
 * that of a password.
 */
const PASSING =
  /\b(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|NOREPLICAS|OOM|MISCONF|IOERR)\b|max number of clients/;

/** The first word of a reply is a code; after ERR it says nothing. */
function summaryOfReply(message: string): string {
  const [code = ''] = /^[A-Z]+\b/.exec(message) ?? [];
  return code === '' || code === 'ERR' ? 'the server refused a command; the log says why' : code;
}

/** Removes the password: servers quote the beginning of an unknown command. */
function withoutSecrets(message: string, { password }: RedisServer): string {
  const unquoted = message.replace(/, with args beginning with.*/s, '');
  return password ? unquoted.replaceAll(password, '***') : unquoted;
}
