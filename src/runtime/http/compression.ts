import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, gzip, inflate } from 'node:zlib';
import { SeldonError } from '../errors.ts';

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * Decompresses a body; undefined for an unknown encoding.
 *
 * @param maxBytes - of the decompressed body: a few kilobytes of gzip can contain gigabytes.
 * @throws SeldonError MICROSERVICE_BAD_DATA when the body cannot be decompressed; 413 when it is larger than
 *   `maxBytes`.
 */
export async function decompressBody(
  body: Uint8Array,
  encoding: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  if (!Object.hasOwn(DECODERS, encoding)) {
    return undefined;
  }
  const decode = DECODERS[encoding as keyof typeof DECODERS];
  try {
    return await decode(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new SeldonError(
        'MICROSERVICE_PAYLOAD_TOO_LARGE',
        `the body is over ${maxBytes} bytes when decompressed; MAX_DECOMPRESSED_BYTES sets the limit`,
      );
    }
    throw new SeldonError(
      'MICROSERVICE_BAD_DATA',
      `content-encoding ${encoding}: the body cannot be decompressed`,
      { cause: error },
    );
  }
}

/**
 * Compresses a body with gzip, level 1: a higher level saves a few per cent and takes several times as long.
 */
export function compressBody(body: string | Uint8Array): Promise<Uint8Array> {
  return promisify<string | Uint8Array, object, Uint8Array>(gzip)(body, { level: constants.Z_BEST_SPEED });
}
