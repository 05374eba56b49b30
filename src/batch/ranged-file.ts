import { open, stat } from 'node:fs/promises';
import type { S3Object } from './s3-input.ts';
import type { RangedFile } from './table/parquet.ts';

/** A local file, or an object of S3, that is read in parts until it is closed. */
export async function openRanged(
  source: string | S3Object,
): Promise<RangedFile & { close(): Promise<void> }> {
  if (typeof source !== 'string') {
    const { size } = source;
    return {
      byteLength: size,
      slice: async (start, end = size) => toBuffer(await source.read(start, end)),
      close: async () => {},
    };
  }
  const { size } = await stat(source);
  const file = await open(source);
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      return toBuffer(bytes.subarray(0, bytesRead));
    },
    close: () => file.close(),
  };
}

/** A copy, since a Buffer may be a part of the memory of many. */
function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
