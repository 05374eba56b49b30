import { openObjects, readLocation, toText } from '../../clients/s3/s3-objects.ts';
import { monotonicMs } from '../../clock.ts';
import { SeldonError } from '../../errors.ts';
import type { Store, StoreSettings } from '../store.ts';
import { type ItemStore, isPointer } from './item.ts';

const { randomUUID } = process.getBuiltinModule('node:crypto');

/** What deleting an object that nothing points to may cost a caller. */
const DELETE_MS = 1000;

/**
 * `items`, with each value that is too large for them in S3 below `overflowUrl`, under a name of its own.
 *
 * The object is written first; then the pointer to it, if the version is still the one seen; only then is the
 * object deleted that nothing points to any more: the last one, or, after a lost race, one's own. So no
 * pointer ever points to nothing, wherever a writer dies. What a dead writer may leave behind is an object
 * that nothing points to, and when it is not known whether a pointer was stored, both objects stay.
 *
 * A pointer is its item's version too: who replaces it knows what it pointed to. Who reads a pointer and
 * comes too late for its object reads the item again. A table restored to an earlier time points to objects
 * that are deleted by now: for that, too, to be undone the bucket needs versioning.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when `overflowUrl` names no bucket.
 */
export function withOverflow(items: ItemStore, overflowUrl: string, settings: StoreSettings): Store {
  const { bucket, key: prefix } = readLocation(overflowUrl);
  const objects = openObjects(settings);
  return {
    async get(key, timeoutMs, onSent) {
      const leftMs = countdown(timeoutMs);
      for (let missing: string | undefined; ; ) {
        const item = await items.get(key, leftMs(), onSent);
        if (!isPointer(item)) {
          return item;
        }
        const object = await objects.get(readLocation(item.value), leftMs());
        if (object) {
          return { value: object.value, version: item.version };
        }
        if (item.value === missing) {
          throw lost(key, missing);
        }
        missing = item.value;
      }
    },
    async put(key, value, seen, timeoutMs) {
      const leftMs = countdown(timeoutMs);
      const pointer = items.fits(key, value) ? undefined : toText({ bucket, key: uniqueName(prefix, key) });
      if (pointer) {
        await objects.create(readLocation(pointer), value, leftMs());
      }
      const item = pointer ? { value: pointer, version: pointer } : { value, version: randomUUID() };
      const result = await items.put(key, item, seen, leftMs());
      const unused = result.isStored ? seen : pointer;
      if (unused?.startsWith('s3://')) {
        // Stored or refused is all that the caller has to know: what cannot be deleted now stays.
        await objects.delete(readLocation(unused), Math.min(leftMs(), DELETE_MS)).catch(() => {});
      }
      if (result.isStored) {
        return { isStored: true, version: item.version };
      }
      return { isStored: false, ...(isPointer(result.current) ? {} : { current: result.current }) };
    },
    async close() {
      items.close();
      objects.close();
    },
  };
}

/** Says to a reader of the bucket whose it is; the uuid alone makes it unique. */
function uniqueName(prefix: string, key: string): string {
  const name = `${key.replace(/[^\w-]/g, '_').slice(0, 200)}.${randomUUID()}`;
  return prefix ? `${prefix}/${name}` : name;
}

function countdown(timeoutMs: number): () => number {
  const endAt = monotonicMs() + timeoutMs;
  return () => endAt - monotonicMs();
}

function lost(key: string, pointer: string): SeldonError {
  return new SeldonError(
    'MICROSERVICE_INTERNAL_ERROR',
    `the state of ${key} is said to be at ${pointer}; there is nothing`,
  );
}
