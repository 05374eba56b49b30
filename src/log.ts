import type { LogLevel } from './config.ts';

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const;

let threshold: number = RANK.info;
/** Errors that were logged where they happened; a later catch adds nothing. */
const logged = new WeakSet<Error>();

/** Lines below `level` are dropped from now on; default info. */
export function setLogLevel(level: LogLevel): void {
  threshold = RANK[level];
}

/**
 * Writes one JSON object as one line: level, message, and `fields`.
 *
 * An error is written with its stack and causes, once: a line whose error, or a cause of it, was logged before is left out.
 */
export function log(
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
  error?: unknown,
): void {
  if (RANK[level] < threshold || wasLogged(error)) return;
  if (error instanceof Error) logged.add(error);
  const line = { level, message, ...fields, ...(error === undefined ? {} : { error: describe(error, 3) }) };
  console[level](JSON.stringify(line));
}

function wasLogged(error: unknown, causes = 3): boolean {
  return error instanceof Error && (logged.has(error) || (causes > 0 && wasLogged(error.cause, causes - 1)));
}

function describe(error: unknown, causes: number): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  const described = { name, message, stack: stack?.split('\n') };
  return cause === undefined || causes === 0
    ? described
    : { ...described, cause: describe(cause, causes - 1) };
}
