import { CallFailure } from '../../call-failure.ts';
import { crypto } from '../../crypto.ts';
import { SeldonError } from '../../errors.ts';
import type { OpenStore, Stored } from '../store.ts';
import { redisConnection } from './redis-connection.ts';
import { redisServer } from './redis-server.ts';
import type { Reply } from './replies.ts';

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
      if (!(error instanceof Error && error.message.includes('WRONGTYPE'))) {
        throw error;
      }
      const summary = `${key} was not written by this store`;
      const cause = new CallFailure(`${server.name}: ${summary}`, summary, error);
      throw new SeldonError('MICROSERVICE_BAD_STATE', cause.message, { cause });
    };
  }

  return {
    async get(key, timeoutMs, onSent) {
      const { reply } = await connection
        .call((client) => {
          const reply = client.send('HMGET', key, 'version', 'value');
          if (onSent) {
            process.nextTick(onSent);
          }
          return reply;
        }, timeoutMs)
        .catch(badState(key));
      return toStored(reply);
    },
    async put(key, value, seen, timeoutMs) {
      const version = crypto().randomUUID();
      const { reply, isRepeated } = await connection
        .call((client) => client.send('EVAL', PUT, '1', key, seen ?? '', version, value), timeoutMs)
        .catch(badState(key));
      if (typeof reply === 'number') {
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
};

/** The reply to HMGET: version and value. */
function toStored(reply: Reply): Stored | undefined {
  if (!Array.isArray(reply)) {
    const summary = 'the server answered something else than was asked';
    throw new CallFailure(summary, summary);
  }
  const [version, value] = reply;
  return version && value ? { version: version.toString(), value } : undefined;
}
