import type { LogLevel } from './config.ts';
import { kindOf, show } from './show.ts';

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const;

let threshold: number = RANK.info;
/** Lines below `level` are dropped from now on; default info. */
export function setLogLevel(level: LogLevel): void {
  threshold = RANK[level];
}

/**
 * Writes one JSON object as one line: level, message, and `fields`.
 *
 * An error is written with its stack and causes.
 */
export function log(
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
  error?: unknown,
): void {
  if (RANK[level] < threshold) return;
  const line = { level, message, ...fields, ...(error === undefined ? {} : { error: describe(error, 3) }) };
  console[level](toLine(line));
}

function describe(error: unknown, causes: number): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : show(error, 1000);
  try {
    const { name, message, stack, cause } = error;
    const described = { name, message, stack: typeof stack === 'string' ? stack.split('\n') : stack };
    return cause === undefined || causes === 0
      ? described
      : { ...described, cause: describe(cause, causes - 1) };
  } catch {
    return kindOf(error);
  }
}

function toLine(line: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(line);
  } catch {
    // Something in it is no JSON: each part by itself, then.
    return JSON.stringify(
      Object.fromEntries(Object.entries(line).map(([key, value]) => [key, show(value, 10_000)])),
    );
  }
}
