/**
 * Runs the first call's `open` and gives its result to every call. After a failure the next call opens again.
 */
export type Once<T> = (open: () => Promise<T>) => Promise<T>;

/**
 * Makes a holder for something that is opened at its first use and then shared. Calls that come while it
 * opens wait for the same attempt.
 *
 * @example
 * const connection = createOnce<Connection>();
 * await connection(() => connect(url));
 */
export function createOnce<T>(): Once<T> {
  let opened: Promise<T> | undefined;
  return (open) => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}
