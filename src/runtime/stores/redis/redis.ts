import type { Redis } from 'iovalkey';
import { CallFailure } from '../../call-failure.ts';
import { SeldonError } from '../../errors.ts';
import type { OpenStore, Store, Stored } from '../store.ts';
import { redisConnection } from './redis-connection.ts';
import { redisServer } from './redis-server.ts';

const { randomUUID } = process.getBuiltinModule('node:crypto');

/**
 * Replaces value and version if the version is still ARGV[1] ('' for none); otherwise answers the current
 * ones.
 */
const PUT = `local version = redis.call('HGET', KEYS[1], 'version') or ''
if version ~= ARGV[1] then return redis.call('HMGET', KEYS[1], 'version', 'value') end
return redis.call('HSET', KEYS[1], 'version', ARGV[2], 'value', ARGV[3])`;

/**
 * `redis://[[user]:password@]host[:port][/database]`, with TLS `rediss://`: a hash of `version` and `value`
 * for each key.
 *
 * For Redis, Valkey and compatible servers; for a cluster only when one address serves all keys, as in
 * ElastiCache Serverless.
 */
export const openRedis: OpenStore = (url) => {
  const server = redisServer(url);
  const connection = redisConnection(server);

  function badState(key: string) {
    return (error: unknown): never => {
      if (!isBadType(error)) {
        throw error;
      }
      const summary = `${key} was not written by this store`;
      const cause = new CallFailure(`${server.name}: ${summary}`, summary, error);
      throw new SeldonError('MICROSERVICE_BAD_STATE', cause.message, { cause });
    };
  }

  const store: Store = {
    async get(key, timeoutMs, onSent) {
      const { reply } = await connection
        .call((client) => {
          const reply = client.hmgetBuffer(key, 'version', 'value');
          onSent?.();
          return reply;
        }, timeoutMs)
        .catch(badState(key));
      return toStored(reply);
    },
    getAll(keys, timeoutMs, onSent) {
      const calling = connection.call(async (client) => {
        const commands = keys.map((key) => ['hmgetBuffer', key, 'version', 'value']);
        const replies = client.pipeline(commands).exec();
        onSent?.();
        return throwIfAll((await replies) ?? []);
      }, timeoutMs);
      return keys.map(async (key, nth) => {
        const { reply } = await calling;
        const [error, fields] = reply[nth] as Replies[number];
        return error === null ? toStored(fields as (Buffer | null)[]) : badState(key)(error);
      });
    },
    async put(key, value, seen, timeoutMs) {
      const version = randomUUID();
      // The client takes bytes only as a Buffer; this is a view of the same bytes.
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      const { reply, isRepeated } = await connection
        .call((client) => client.callBuffer('EVAL', PUT, 1, key, seen ?? '', version, bytes), timeoutMs)
        .catch(badState(key));
      if (!Array.isArray(reply)) {
        return { isStored: true, version };
      }
      const current = toStored(reply);
      if (!isRepeated) {
        return { isStored: false, current };
      }
      // Refused because of its own first try, or of another put before or after it: only its own can be
      // recognised.
      if (current?.version === version) {
        return { isStored: true, version };
      }
      throw new CallFailure(
        `${server.name}: the connection broke while ${key} was put; it may have been stored or not`,
        'the connection broke',
      );
    },
    async close() {
      connection.close();
    },
  };
  return store;
};

/** Replies, or errors, by command. */
type Replies = NonNullable<Awaited<ReturnType<ReturnType<Redis['pipeline']>['exec']>>>;

/** @throws Error that is not about one value, such as that the connection broke. */
function throwIfAll(replies: Replies): Replies {
  const [failure] = replies.find(([error]) => error !== null && !isBadType(error)) ?? [];
  if (failure) {
    throw failure;
  }
  return replies;
}

function isBadType(error: unknown): boolean {
  return error instanceof Error && error.message.includes('WRONGTYPE');
}

function toStored([version, value]: readonly (Buffer | null)[]): Stored | undefined {
  return version && value ? { version: version.toString(), value } : undefined;
}
