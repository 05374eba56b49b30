/**
 * Collects garbage before a sample, so that no sample pays for another (`node --expose-gc`). A collection
 * also makes V8 drop compiled code. The calls that follow bring it back, and do not count: without them, a
 * call of 11 us takes 60 us in the first milliseconds.
 *
 * @param call - makes the calls of a sample.
 */
export async function collectGarbage(call: () => Promise<unknown>): Promise<void> {
  globalThis.gc?.();
  await call();
}
