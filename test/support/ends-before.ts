/**
 * Expects that a call ends before a timer does that starts with it. The timers of a process fire in the order
 * in which they are due, however slow the machine is: so this compares the time limits of the code under test
 * with `ms`, and measures no time.
 *
 * @throws Error when the timer fires first.
 */
export async function endsBefore<T>(ms: number, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`has not ended before a timer of ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    clearTimeout(timer);
  }
}
