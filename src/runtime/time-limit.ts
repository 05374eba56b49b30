/**
 * Waits for `work`, for `limitMs` at most. The work itself is not stopped, and a later failure of it is
 * ignored.
 *
 * @throws the error that `toError` makes when the time is over.
 */
export async function within<T>(work: Promise<T>, limitMs: number, toError: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(toError()), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
