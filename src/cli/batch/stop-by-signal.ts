/** Exit code of a shell for a command that SIGINT has ended. */
export const STOPPED = 130;

/**
 * Aborted by the first SIGINT or SIGTERM, so that work under way is kept; the second one ends the process.
 */
export function stopBySignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
      process.once(signal, () => process.exit(STOPPED));
    });
  }
  return stop.signal;
}
