import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, gzip, inflate } from 'node:zlib';
import { SeldonError } from '../errors.ts';

/** Ten times what Lambda takes as a request: a few kilobytes of gzip can hold gigabytes. */
const MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024;

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * The bytes that `body` holds in `encoding`; undefined for an encoding that is not known.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when they do not decompress, 413 beyond 64 MB.
 */
export async function decompressBody(body: Uint8Array, encoding: string): Promise<Uint8Array | undefined> {
  if (!Object.hasOwn(DECODERS, encoding)) {
    return undefined;
  }
  const decode = DECODERS[encoding as keyof typeof DECODERS];
  try {
    return await decode(body, { maxOutputLength: MAX_DECOMPRESSED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new SeldonError(
        'MICROSERVICE_PAYLOAD_TOO_LARGE',
        `the body is over ${MAX_DECOMPRESSED_BYTES} bytes when decompressed`,
      );
    }
    throw new SeldonError(
      'MICROSERVICE_BAD_DATA',
      `content-encoding ${encoding}: the body does not decompress`,
      { cause: error },
    );
  }
}

/** `body` as gzip, level 1: a better level saves a few per cent and takes several times as long. */
export function compressBody(body: string | Uint8Array): Promise<Uint8Array> {
  return promisify<string | Uint8Array, object, Uint8Array>(gzip)(body, { level: constants.Z_BEST_SPEED });
}
