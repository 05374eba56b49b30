import { isRecord } from '../objects.ts';

/** An object of S3 that an event names. */
export interface S3ObjectName {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
}

/**
 * The new objects that an event names: a notification of S3, its test, or its event on EventBridge. Empty
 * when it names none, as the event of an object that was deleted; undefined when it is another event.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html,
 *   https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function objectsIn(event: Record<string, unknown>): S3ObjectName[] | undefined {
  const { Records: records, detail } = event;
  if (Array.isArray(records) && records.length > 0 && records.every(isOfS3)) {
    return records
      .filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(String(eventName)))
      .flatMap(({ s3: { bucket, object } }) => toObject(bucket, object, true));
  }
  if (event.Service === 'Amazon S3' && event.Event === 's3:TestEvent') {
    return [];
  }
  if (event.source === 'aws.s3' && isRecord(detail)) {
    return event['detail-type'] === 'Object Created' ? toObject(detail.bucket, detail.object, false) : [];
  }
  return undefined;
}

interface S3Record {
  readonly eventName: unknown;
  readonly s3: { readonly bucket: unknown; readonly object: unknown };
}

function isOfS3(record: unknown): record is S3Record {
  return isRecord(record) && record.eventSource === 'aws:s3' && isRecord(record.s3);
}

/** Without a name, or without content, there is no line in it. */
function toObject(bucket: unknown, object: unknown, isEncoded: boolean): S3ObjectName[] {
  const { name } = Object(bucket) as { name?: unknown };
  const { key, size, eTag, etag = eTag } = Object(object) as Record<string, unknown>;
  if (typeof name !== 'string' || typeof key !== 'string' || typeof etag !== 'string' || !size) {
    return [];
  }
  return [
    { bucket: name, key: isEncoded ? decodeKey(key) : key, size: Number(size), etag: `"${unquoted(etag)}"` },
  ];
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}

/** A key in a notification is encoded as in a form. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
