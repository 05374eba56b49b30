/**
 * Waits for all, also when one fails.
 *
 * @throws the first error in the order of the list, not in time.
 */
export async function allInOrder<T>(running: readonly Promise<T>[]): Promise<T[]> {
  const values: T[] = [];
  for (const result of await Promise.allSettled(running)) {
    if (result.status === 'rejected') {
      throw result.reason;
    }
    values.push(result.value);
  }
  return values;
}
