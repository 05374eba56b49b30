import { CallFailure, configurationError, connectionError, NotCarriedOut } from '../../call-failure.ts';
import { monotonicMs } from '../../clock.ts';
import { within } from '../../time-limit.ts';
import { openRedisClient, type RedisClient } from './redis-client.ts';
import type { RedisServer } from './redis-server.ts';
import { RedisRefusal } from './replies.ts';

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
  call<T>(command: (client: RedisClient) => Promise<T>, timeoutMs: number): Promise<Answer<T>>;
  close(): void;
}

/** The reply to a command. */
export interface Answer<T> {
  readonly reply: T;
  /** Whether the command was sent twice; then both may have been executed. */
  readonly isRepeated: boolean;
}

interface Connected {
  readonly client: RedisClient;
  readonly whenReady: Promise<void>;
  isReady: boolean;
  /** Whether it has answered before. */
  isKept: boolean;
}

export function redisConnection(server: RedisServer): RedisConnection {
  let current: Connected | undefined;
  let isClosed = false;

  function connect(): Connected {
    const client = openRedisClient(server, () => {
      if (current === connected) {
        current = undefined;
      }
    });
    const connected: Connected = { client, whenReady: ready(client, server), isReady: false, isKept: false };
    return connected;
  }

  async function run<T>(command: (client: RedisClient) => Promise<T>, connected: Connected): Promise<T> {
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
          const isAnswered = connected.isReady && error instanceof RedisRefusal;
          // The name of the primary leads to another server once this one has become a replica.
          if (!isAnswered || error.message.includes('READONLY')) {
            connected.client.destroy();
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
      current?.client.destroy();
    },
  };
}

/** Logs in and selects the database; a refusal of these stops the first commands from being executed. */
async function ready(client: RedisClient, { username, password, database }: RedisServer): Promise<void> {
  await client.whenConnected;
  await Promise.all([
    password !== undefined && client.send('AUTH', ...(username ? [username] : []), password),
    database > 0 && client.send('SELECT', `${database}`),
  ]);
}

class NoAnswer extends Error {}

/** A failed command, and the connection that it was for. */
interface Failed {
  readonly error: unknown;
  readonly connected: Connected;
  readonly isRepeated: boolean;
  readonly timeoutMs: number;
}

/** The error to throw; a refusal may quote what was sent, even the password. */
function toError({ error, connected, isRepeated, timeoutMs }: Failed, server: RedisServer): Error {
  const say = (reason: string) => `${server.name}: ${withoutSecrets(reason, server)}`;
  // The first of two tries may have been executed, whatever became of the second.
  const Failure = isRepeated ? CallFailure : NotCarriedOut;
  if (error instanceof NoAnswer) {
    const Silence = connected.isReady ? CallFailure : Failure;
    return new Silence(say(`no answer in ${timeoutMs} ms`), 'no answer');
  }
  if (error instanceof RedisRefusal) {
    const failure = new Failure(say(error.message), summaryOfReply(error.message));
    return isRepeated || PASSING.test(error.message) ? failure : configurationError(failure);
  }
  const { message, code } = error as NodeJS.ErrnoException;
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
