import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { openCrc } from './crc.ts';

/** Takes bytes piece by piece. */
interface Checksum {
  update(bytes: Uint8Array): unknown;
  digest(): Buffer;
}

/** The checksum that an object must have. */
export interface Expected {
  /** S3's name of it; `md5` is the one in the ETag. */
  readonly name: string;
  readonly value: Buffer;
  readonly open: () => Checksum;
}

/** The checksums of S3, the cheapest first. An object has one of them, rarely more. */
const CHECKSUMS: Readonly<Record<string, () => Checksum>> = {
  crc32: openCrc32,
  sha256: () => createHash('sha256'),
  sha1: () => createHash('sha1'),
  crc64nvme: () => openCrc('crc64nvme'),
  crc32c: () => openCrc('crc32c'),
};

/**
 * The checksum of a whole object, from the headers of an answer to `x-amz-checksum-mode: ENABLED`; undefined
 * when there is none that can be checked.
 *
 * A checksum of checksums (COMPOSITE) cannot be checked: the parts of the upload are not known here. An ETag
 * is the MD5 of the object unless it was uploaded in parts, or encrypted with a key of KMS or the customer.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html,
 *   https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
export function expectedChecksum(headers: IncomingHttpHeaders): Expected | undefined {
  if (headers['x-amz-checksum-type'] !== 'COMPOSITE') {
    for (const [name, open] of Object.entries(CHECKSUMS)) {
      const value = headers[`x-amz-checksum-${name}`];
      // "AAAAAA==-2" is composite, even without that header.
      if (typeof value === 'string' && !value.includes('-')) {
        return { name, value: Buffer.from(value, 'base64'), open };
      }
    }
  }
  const isEncrypted =
    String(headers['x-amz-server-side-encryption'] ?? '').startsWith('aws:kms') ||
    headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined;
  const hex = isEncrypted ? undefined : /^"([0-9a-f]{32})"$/.exec(headers.etag ?? '')?.[1];
  return hex ? { name: 'md5', value: Buffer.from(hex, 'hex'), open: () => createHash('md5') } : undefined;
}

function openCrc32(): Checksum {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest() {
      const result = Buffer.alloc(4);
      result.writeUInt32BE(value);
      return result;
    },
  };
}
