import { badParameter } from '../aws-client.ts';

/** An object, as the listing of its bucket has it. */
export interface ListedObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
}

/** A page of a listing. */
export interface Page {
  readonly objects: ListedObject[];
  /** The token that asks for the next page; undefined: this is the last one. */
  readonly next: string | undefined;
}

/**
 * Reads a ListBucketResult, whose elements have neither attributes nor comments.
 *
 * @param what - names the call, for the error.
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when it is something else.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function readPage(xml: string, what: string): Page {
  if (!/<ListBucketResult\b/.test(xml)) {
    throw badParameter(`${what}: the answer is not a ListBucketResult: is that S3?`);
  }
  const isEncoded = readTag(xml, 'EncodingType') === 'url';
  const objects = xml
    .split('<Contents>')
    .slice(1)
    .map((rest) => {
      const text = rest.slice(0, rest.indexOf('</Contents>'));
      const [key, size, etag] = [readTag(text, 'Key'), readTag(text, 'Size'), readTag(text, 'ETag')];
      if (!key || !etag || !/^\d+$/.test(size ?? '')) {
        throw badParameter(`${what}: an object without key, size or ETag was listed: is that S3?`);
      }
      return { key: isEncoded ? decodeKey(key) : key, size: Number(size), etag };
    });
  const next = readTag(xml, 'NextContinuationToken');
  if (readTag(xml, 'IsTruncated') !== 'true') {
    return { objects, next: undefined };
  }
  if (next) {
    return { objects, next };
  }
  throw badParameter(`${what}: there is more, but no NextContinuationToken: is that S3?`);
}

const ENTITIES = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }));

function readTag(xml: string, tag: string): string | undefined {
  return new RegExp(`<${tag}>([^<]*)</${tag}>`)
    .exec(xml)?.[1]
    ?.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) =>
      name
        ? (ENTITIES.get(name) ?? whole)
        : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
    );
}

/** Decodes `encoding-type=url`, which is that of a form: a space is a plus. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
