import { findDynamodbLocal, openDynamodbLocal } from '../test/support/stores/dynamodb-servers.ts';
import { isRedisInstalled } from '../test/support/stores/redis-process.ts';
import { type RunningStore, runningDynamodb, STORES } from '../test/support/stores/running-stores.ts';

/** A store that can be used here. */
export interface OpenedStore extends RunningStore {
  readonly title: string;
}

/** All that run here, and why the others do not. */
export interface Servers {
  readonly stores: readonly OpenedStore[];
  readonly missing: readonly string[];
  close(): Promise<void>;
}

/** Starts every server that can run here. */
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
    redis: isRedisInstalled ? STORES.Redis : 'there is no redis-server',
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
