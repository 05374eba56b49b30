import { SeldonError } from '../errors.ts';
import { withoutCredentials } from '../redact.ts';
import { openDynamodb } from './dynamodb/dynamodb.ts';
import { openFile } from './file/file.ts';
import { openMemory } from './memory/memory.ts';
import { openS3 } from './s3/s3.ts';
import type { OpenStore, Store, StoreSettings } from './store.ts';

/**
 * URL scheme -> store. The client of Redis, four times as much code as all the others, is imported when it is
 * needed.
 */
export const STORES: Readonly<Record<string, () => OpenStore | Promise<OpenStore>>> = {
  'memory:': () => openMemory,
  'file:': () => openFile,
  'dynamodb:': () => openDynamodb,
  's3:': () => openS3,
  'redis:': async () => (await import('./redis/redis.ts')).openRedis,
  'rediss:': async () => (await import('./redis/redis.ts')).openRedis,
};

/**
 * Opens the store that `url` names.
 *
 * @param variable - the variable that holds the URL, for the error.
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER for an unknown scheme.
 */
export async function openStore(
  url: string,
  settings: StoreSettings,
  variable = 'STATE_URL',
): Promise<Store> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const load = parsed && STORES[parsed.protocol];
  if (load === undefined) {
    const known = Object.keys(STORES)
      .map((scheme) => `${scheme}//`)
      .join(', ');
    throw new SeldonError(
      'MICROSERVICE_BAD_PARAMETER',
      `${variable} ${withoutCredentials(url)}: expected a URL of ${known}`,
    );
  }
  return (await load())(parsed as URL, settings);
}
