import { findDynamodbLocal, openDynamodbLocal } from '../../test/support/stores/dynamodb-servers.ts';
import { isRedisInstalled } from '../../test/support/stores/redis-process.ts';
import { type RunningStore, runningDynamodb, STORES } from '../../test/support/stores/running-stores.ts';

/** A store that runs, with its name in the tables. */
export interface OpenedStore extends RunningStore {
  readonly title: string;
}

/** The stores that run on this machine. */
export interface Servers {
  readonly stores: readonly OpenedStore[];
  /** Why the others do not run. */
  readonly missing: readonly string[];
  close(): Promise<void>;
}

/** Starts the server of every store that is installed on this machine. */
export async function openServers(): Promise<Servers> {
  const stores: OpenedStore[] = [];
  const missing: string[] = [];
  const close = async () => {
    for (const store of [...stores].reverse()) {
      await store.close();
    }
  };
  const local = findDynamodbLocal();
  const all: Record<string, (() => Promise<RunningStore>) | string> = {
    file: STORES.file,
    redis: isRedisInstalled ? STORES.Redis : 'redis-server is not installed',
    dynalite: STORES.DynamoDB,
    'DynamoDB Local':
      'folder' in local ? async () => runningDynamodb(await openDynamodbLocal(local.folder)) : local.missing,
    'S3 test server': STORES.S3,
  };
  try {
    for (const [title, start] of Object.entries(all)) {
      if (typeof start === 'string') {
        missing.push(`${title}: ${start}`);
      } else {
        stores.push({ title, ...(await start()) });
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { stores, missing, close };
}
