import type { Log } from '../../log.ts';

/**
 * The log of shards, which are read together: when the store cannot be read, they say it once for all of
 * them, with the key of the first.
 */
export interface ShardLog extends Log {
  /** Runs a read of all. */
  reading(read: () => Promise<unknown>): Promise<void>;
}

/** Makes the log of shards that writes to `log`. */
export function toShardLog(log: Log): ShardLog {
  let reads = 0;
  let hasFailed = false;
  return {
    ...log,
    warn(message, fields, error) {
      if (error === undefined || reads === 0 || !hasFailed) {
        log.warn(message, fields, error);
      }
      hasFailed ||= error !== undefined;
    },
    async reading(read) {
      if (reads++ === 0) {
        hasFailed = false;
      }
      try {
        await read();
      } finally {
        reads--;
      }
    },
  };
}
