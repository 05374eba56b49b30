import { kindOf, show } from './show.ts';

/** How grave a line is; lines below a threshold are not written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const;

/** Writes lines of JSON to the standard output. */
export interface Log {
  /** Writes a line with `fields` and, with its stack and causes, an error. */
  debug(message: string, fields?: Fields, error?: unknown): void;
  info(message: string, fields?: Fields, error?: unknown): void;
  warn(message: string, fields?: Fields, error?: unknown): void;
  error(message: string, fields?: Fields, error?: unknown): void;
  /** Whether lines of `level` are written. */
  isEnabled(level: LogLevel): boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** A log without the lines below `threshold`. */
export function createLog(threshold: LogLevel): Log {
  const isEnabled = (level: LogLevel) => RANK[level] >= RANK[threshold];
  const write =
    (level: LogLevel): Log['info'] =>
    (message, fields, error) => {
      if (isEnabled(level)) {
        const shown = error === undefined ? {} : { error: describeError(error) };
        writeLine({ level, message, timestamp: new Date().toISOString(), ...fields, ...shown });
      }
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    isEnabled,
  };
}

/** Writes an object as one line, whatever the level. */
export function writeLine(line: Fields): void {
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
