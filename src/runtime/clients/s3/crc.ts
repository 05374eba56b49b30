/** The two of S3's CRCs that node does not have; polynomials with their bits reversed, in halves. */
const POLYNOMIALS = {
  crc32c: { width: 32, high: 0, low: 0x82f63b78 },
  crc64nvme: { width: 64, high: 0x9a6c9329, low: 0xac4bc9b5 },
} as const;

/** Name of a CRC, as S3 has it. */
export type CrcName = keyof typeof POLYNOMIALS;

/**
 * A CRC that takes bytes piece by piece; `digest` gives 4 or 8 bytes, big-endian.
 *
 * Eight bytes a turn, each by a table of its own: 20 MB take 76 ms, byte by byte 170 (node's MD5: 50).
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html,
 *   https://create.stephan-brumme.com/crc32/#slicing-by-8-overview
 */
export function openCrc(name: CrcName): { update(bytes: Uint8Array): void; digest(): Buffer } {
  const { width } = POLYNOMIALS[name];
  const [highs, lows] = toTables(name);
  let high = width === 64 ? -1 : 0;
  let low = -1;

  function updateByte(byte: number): void {
    const at = (low ^ byte) & 255;
    low = ((low >>> 8) | (high << 24)) ^ lows[at];
    high = (high >>> 8) ^ highs[at];
  }

  return {
    update(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const end = bytes.length - (bytes.length % 8);
      let h = high;
      let l = low;
      for (let index = 0; index < end; index += 8) {
        const a = l ^ view.getInt32(index, true);
        const b = h ^ view.getInt32(index + 4, true);
        const t7 = 1792 + (a & 255);
        const t6 = 1536 + ((a >>> 8) & 255);
        const t5 = 1280 + ((a >>> 16) & 255);
        const t4 = 1024 + (a >>> 24);
        const t3 = 768 + (b & 255);
        const t2 = 512 + ((b >>> 8) & 255);
        const t1 = 256 + ((b >>> 16) & 255);
        const t0 = b >>> 24;
        l = lows[t0] ^ lows[t1] ^ lows[t2] ^ lows[t3] ^ lows[t4] ^ lows[t5] ^ lows[t6] ^ lows[t7];
        h = highs[t0] ^ highs[t1] ^ highs[t2] ^ highs[t3] ^ highs[t4] ^ highs[t5] ^ highs[t6] ^ highs[t7];
      }
      high = h;
      low = l;
      for (let index = end; index < bytes.length; index++) {
        updateByte(bytes[index]);
      }
    },
    digest() {
      const result = Buffer.alloc(8);
      result.writeInt32BE(~high, 0);
      result.writeInt32BE(~low, 4);
      return result.subarray(8 - width / 8);
    },
  };
}

/** Table n: what a byte does to the register n bytes later. */
function toTables(name: CrcName): [highs: Int32Array, lows: Int32Array] {
  const polynomial = POLYNOMIALS[name];
  const highs = new Int32Array(8 * 256);
  const lows = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOdd) {
        high ^= polynomial.high;
        low ^= polynomial.low;
      }
    }
    highs[byte] = high;
    lows[byte] = low;
  }
  for (let index = 256; index < lows.length; index++) {
    const before = index - 256;
    const at = lows[before] & 255;
    lows[index] = lows[at] ^ ((lows[before] >>> 8) | (highs[before] << 24));
    highs[index] = highs[at] ^ (highs[before] >>> 8);
  }
  return [highs, lows];
}
