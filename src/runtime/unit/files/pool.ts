/**
 * Runs what it is given, so many at once and in the order of asking; after the first failure nothing more
 * begins.
 */
export type Pool = <T>(task: () => Promise<T>) => Promise<T>;

/** A pool of `width` places. What waits while another fails is rejected with that failure. */
export function openPool(width: number): Pool {
  const waiting: (() => void)[] = [];
  let free = width;
  let failure: { readonly error: unknown } | undefined;
  return async (task) => {
    if (free > 0) {
      free--;
    } else {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      if (failure) {
        throw failure.error;
      }
      return await task();
    } catch (error) {
      failure ??= { error };
      throw error;
    } finally {
      const next = waiting.shift();
      if (next) {
        next();
      } else {
        free++;
      }
    }
  };
}

/** All of them, when each has come to its end; throws what the first of them that failed threw. */
export async function runAll<T>(pool: Pool, tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results = await Promise.allSettled(tasks.map((task) => pool(task)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    throw failed.reason;
  }
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
