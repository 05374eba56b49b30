/**
 * Limits concurrency: runs at most `width` tasks at a time, in order, and starts none after the first
 * failure.
 */
export type Pool = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Makes a pool that runs `width` tasks at a time. If a task fails, the waiting tasks fail with the same
 * error.
 */
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

/**
 * Runs all tasks, waits until each of them has ended, and returns their results in order. Throws the error of
 * the first task in the list that failed.
 */
export async function runAll<T>(pool: Pool, tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results = await Promise.allSettled(tasks.map((task) => pool(task)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    throw failed.reason;
  }
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
