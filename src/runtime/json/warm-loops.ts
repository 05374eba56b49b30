const cold = new Set(['read', 'write']);

/**
 * Whether this is an instance's first large array to be read, or to be written; false from the second call
 * on.
 *
 * The first one is left to JSON.parse or JSON.stringify: until V8 has compiled the loops over numbers they
 * take longer, and a caller who waits for a cold start would wait for that, too: 4 ms for 700 kB.
 */
export function isFirstArray(direction: 'read' | 'write'): boolean {
  return cold.delete(direction);
}
