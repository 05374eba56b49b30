/** Bytes of an array, about, up to which its memory is used again: those of the largest message. */
const REUSED = 8 * 2 ** 20;

/**
 * Makes the process keep the memory of freed arrays for the next ones, at most 16 MB of it. glibc gives an
 * array of more than 128 kB memory of its own, and back to the system when it is freed: then every page of
 * the next array is a fault, which takes longer than reading its numbers. When a larger piece has been freed
 * once, all up to its size come from memory that is kept. Called once.
 *
 * No page of that piece is touched, so that it costs nothing; it is freed with the next garbage.
 *
 * @see mallopt(3), M_MMAP_THRESHOLD: "the dynamic mmap threshold"
 */
export function reuseMemory(): void {
  Buffer.allocUnsafeSlow(REUSED);
}
