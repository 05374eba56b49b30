import { CallFailure, configurationError, named } from '../call-failure.ts';
import type { SeldonError } from '../errors.ts';
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
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER for an unknown scheme, or a URL that the store cannot use.
 */
export async function openStore(
  url: string,
  settings: StoreSettings,
  variable = 'STATE_URL',
): Promise<Store> {
  return named(variable, async () => {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const load = parsed && STORES[parsed.protocol];
    if (load === undefined) {
      throw unknownScheme(url);
    }
    const store = await (await load())(parsed as URL, settings);
    return {
      ...store,
      get: (...args) => named(variable, () => store.get(...args)),
      put: (...args) => named(variable, () => store.put(...args)),
    };
  });
}

function unknownScheme(url: string): SeldonError {
  const known = Object.keys(STORES).map((scheme) => `${scheme}//`);
  const expected = `expected a URL of ${known.join(', ')}`;
  return configurationError(new CallFailure(`${withoutCredentials(url)}: ${expected}`, expected));
}
