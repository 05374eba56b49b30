// @ts-check
import fs from 'node:fs';

/**
 * Makes the log of functions, which writes to the descriptor of the standard output itself, write to the
 * stream of this thread, which the process that started it can keep.
 */
export function logToStream() {
  const { writeSync } = fs;
  Reflect.set(fs, 'writeSync', (/** @type {number} */ file, /** @type {Uint8Array} */ bytes, ...more) => {
    if (file !== 1 && file !== 2) {
      return Reflect.apply(writeSync, fs, [file, bytes, ...more]);
    }
    process.stdout.write(bytes.subarray(more[0]));
    return bytes.length - (more[0] ?? 0);
  });
}
