import { SeldonError } from '../errors.ts';
import type { OpenStore, Store, StoreSettings } from './store.ts';

/** URL scheme -> store; each is imported only when its scheme is asked for. */
export const STORES: Readonly<Record<string, () => Promise<OpenStore>>> = {
  'memory:': async () => (await import('./memory.ts')).openMemory,
  'file:': async () => (await import('./file.ts')).openFile,
  'dynamodb:': async () => (await import('./dynamodb.ts')).openDynamodb,
  's3:': async () => (await import('./s3.ts')).openS3,
  'redis:': async () => (await import('./redis.ts')).openRedis,
  'rediss:': async () => (await import('./redis.ts')).openRedis,
};

/**
 * The store that `url` names.
 *
 * @param variable - where the URL comes from, for the error.
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER for a scheme that is not known.
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
      `${variable} ${url.replace(/\/\/.*@/, '//***@')}: expected a URL of ${known}`,
    );
  }
  return (await load())(parsed as URL, settings);
}
