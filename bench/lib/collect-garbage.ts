/** Bodies of fewer bytes leave nothing behind that a collection of young objects does not find. */
const SMALL = 16_384;

/**
 * Collects garbage before a sample, so that no sample pays for another (`node --expose-gc`). Calls with small
 * bodies get a collection of young objects: one of all objects makes V8 drop the code that it has compiled
 * for them, which happens once in many thousand such calls of a function, and takes longer to come back than a
 * sample lasts: a unit of a graph that takes 130 us of CPU time took 220.
 *
 * @param call - makes the calls of a sample; they do not count.
 * @param bytes - of the body of a call.
 */
export async function collectGarbage(call: () => Promise<unknown>, bytes: number): Promise<void> {
  globalThis.gc?.({ type: bytes < SMALL ? 'minor' : 'major' });
  await call();
}
