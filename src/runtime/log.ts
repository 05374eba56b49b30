import { kindOf, show } from './show.ts';

/** How grave a line is; lines below a threshold are not written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const;

let threshold: number = RANK.info;

/** Lines below `level` are dropped from now on; default info. */
export function setLogLevel(level: LogLevel): void {
  threshold = RANK[level];
}

/** Whether lines of `level` are written. */
export function isEnabled(level: LogLevel): boolean {
  return RANK[level] >= threshold;
}

/**
 * Writes one JSON object as one line: level, message, timestamp, and `fields`.
 *
 * An error is written with its stack and causes.
 */
export function log(
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
  error?: unknown,
): void {
  if (!isEnabled(level)) {
    return;
  }
  const shown = error === undefined ? {} : { error: describeError(error) };
  writeLine({ level, message, timestamp: new Date().toISOString(), ...fields, ...shown });
}

/** Writes an object as one line, whatever the level. */
export function writeLine(line: Readonly<Record<string, unknown>>): void {
  write(Buffer.from(`${toLine(line)}\n`));
}

/**
 * Writes to the standard output. Not by the console: on Lambda it puts words of its own before the text, and
 * the line is no JSON any more. Nor by `process.stdout` if it can be helped: its first use loads node's
 * network streams, 2.5 ms of a cold start.
 */
function write(bytes: Uint8Array): void {
  const { writeSync } = process.getBuiltinModule('node:fs');
  let written = 0;
  try {
    while (written < bytes.length) {
      written += writeSync(STDOUT, bytes, written);
    }
  } catch {
    // A pipe that is full, and does not block since somebody else uses `process.stdout`, which waits for it.
    process.stdout.write(bytes.subarray(written));
  }
}

const STDOUT = 1;

/** An error as data: name, message, stack in lines, and up to `causes` causes; anything else as text. */
export function describeError(error: unknown, causes = 3): unknown {
  if (!(error instanceof Error)) {
    return typeof error === 'string' ? error : show(error, 1000);
  }
  try {
    const { name, message, stack, cause } = error;
    const described = { name, message, stack: typeof stack === 'string' ? stack.split('\n') : stack };
    return cause === undefined || causes === 0
      ? described
      : { ...described, cause: describeError(cause, causes - 1) };
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
