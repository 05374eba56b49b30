import { CallFailure, NotCarriedOut, named } from '../../call-failure.ts';
import { openObjects, readLocation, toText } from '../../clients/s3/s3-objects.ts';
import { monotonicMs } from '../../clock.ts';
import { crypto } from '../../crypto.ts';
import { SeldonError } from '../../errors.ts';
import type { Store, StoreSettings } from '../store.ts';
import { type ItemStore, isPointer, toPutResult } from './item.ts';

/** Milliseconds that a caller may wait for the deletion of an unused object. */
const DELETE_MS = 1000;

/**
 * Puts each value that is too large for `items` into S3 below `overflowUrl`, under a unique name.
 *
 * The object is written first; then the pointer to it, if the version is still the one seen. Only then the
 * object that nothing points to any more is deleted: the previous one, or after a lost race the new one. So
 * every pointer has its object, wherever a writer dies. A dead writer may leave behind an object that nothing
 * points to; when it is unknown whether a pointer was stored, both objects stay.
 *
 * A pointer is also the version of its item, so a writer that replaces it knows the previous object. A reader
 * that comes too late for an object reads the item again. A table restored to an earlier time points to
 * objects that are deleted by now: to restore these too, the bucket needs versioning.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when `overflowUrl` names no bucket.
 */
export async function withOverflow(
  items: ItemStore,
  overflowUrl: string,
  settings: StoreSettings,
): Promise<Store> {
  const { bucket, key: prefix } = await named('STATE_OVERFLOW_URL', () => readLocation(overflowUrl));
  const objects = openObjects(settings);

  /** The outcome of the put is known already: an object that cannot be deleted now stays. */
  const remove = (pointer: string, leftMs: number) =>
    objects.delete(readLocation(pointer), Math.min(leftMs, DELETE_MS)).catch(() => {});

  return {
    ...items,
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
      const item = pointer ? { value: pointer, version: pointer } : { value, version: crypto().randomUUID() };
      const result = await items.put(key, item, seen, leftMs()).catch(async (error: unknown) => {
        // Known not to be stored: nothing points to the object.
        if (pointer && error instanceof NotCarriedOut) {
          await remove(pointer, leftMs());
        }
        throw error;
      });
      const unused = result.isStored ? seen : pointer;
      if (unused?.startsWith('s3://')) {
        await remove(unused, leftMs());
      }
      return toPutResult(result, item.version);
    },
    async close() {
      items.close();
      objects.close();
    },
  };
}

/** A name that shows the key to a reader of the bucket; the uuid makes it unique. */
function uniqueName(prefix: string, key: string): string {
  const name = `${key.replace(/[^\w-]/g, '_').slice(0, 200)}.${crypto().randomUUID()}`;
  return prefix ? `${prefix}/${name}` : name;
}

function countdown(timeoutMs: number): () => number {
  const endAt = monotonicMs() + timeoutMs;
  return () => endAt - monotonicMs();
}

function lost(key: string, pointer: string): SeldonError {
  const cause = new CallFailure(
    `the state of ${key} should be at ${pointer}; there is no such object`,
    `the state of ${key} should be in S3; there is no such object`,
  );
  return new SeldonError('MICROSERVICE_INTERNAL_ERROR', cause.message, { cause });
}
