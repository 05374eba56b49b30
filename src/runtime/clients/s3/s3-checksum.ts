import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { openCrc } from './crc.ts';

/** Takes bytes piece by piece. */
export interface Checksum {
  update(bytes: Uint8Array): unknown;
  digest(): Buffer;
}

/** What the bytes of an object have to come to. */
export interface Expected {
  /** As S3 calls it; `md5` is that of the ETag. */
  readonly name: string;
  readonly value: Buffer;
  readonly open: () => Checksum;
}

/** In the order of what they cost. An object has one of them, seldom more. */
const CHECKSUMS: Readonly<Record<string, () => Checksum>> = {
  crc32: openCrc32,
  sha256: () => createHash('sha256'),
  sha1: () => createHash('sha1'),
  crc64nvme: () => openCrc('crc64nvme'),
  crc32c: () => openCrc('crc32c'),
};

/**
 * What S3 says about the content of a whole object in the headers of an answer to `x-amz-checksum-mode:
 * ENABLED`; undefined when it says nothing that can be checked.
 *
 * A checksum of checksums (COMPOSITE) is none: it takes the parts of the upload, which are not known here. An
 * ETag is the MD5 of an object that was not uploaded in parts, and not encrypted with keys of KMS or the
 * customer.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html,
 *   https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
export function expectedChecksum(headers: IncomingHttpHeaders): Expected | undefined {
  if (headers['x-amz-checksum-type'] !== 'COMPOSITE') {
    for (const [name, open] of Object.entries(CHECKSUMS)) {
      const value = headers[`x-amz-checksum-${name}`];
      // "AAAAAA==-2": composite, and nobody says so.
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
