import { openObjects, readLocation } from '../../clients/s3/s3-objects.ts';
import type { OpenStore } from '../store.ts';

/**
 * `s3://bucket/prefix`: an object for each key, replaced by PUT with If-Match.
 *
 * The version is the object's ETag, a hash of its content: a writer that has seen A may replace an A that was
 * B in between. This is harmless as long as each value is unique, as envelopes are. A refusal does not bring
 * the current value. A custom endpoint must respect If-Match and If-None-Match: most emulators accept them
 * and write regardless.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the URL names no bucket, or region or credentials are
 *   missing.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export const openS3: OpenStore = (url, settings) => {
  const { bucket, key: prefix } = readLocation(url.href);
  const objects = openObjects(settings);
  const locate = (key: string) => ({ bucket, key: prefix ? `${prefix}/${key}` : key });
  return {
    get: (key, timeoutMs, onSent) => objects.get(locate(key), timeoutMs, onSent),
    put: (key, value, seen, timeoutMs) => objects.replace(locate(key), value, seen, timeoutMs),
    close: async () => objects.close(),
  };
};
