import { kindOf, show } from './show.ts';

/** Severity of a line; lines below a threshold are not written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const;

/** Writes JSON lines to standard output. */
export interface Log {
  /** Writes a line with `fields` and, if given, an error with its stack and its causes. */
  debug(message: string, fields?: Fields, error?: unknown): void;
  info(message: string, fields?: Fields, error?: unknown): void;
  warn(message: string, fields?: Fields, error?: unknown): void;
  error(message: string, fields?: Fields, error?: unknown): void;
  /** Whether lines of `level` are written. */
  isEnabled(level: LogLevel): boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Makes a log that leaves out lines below `threshold`. */
export function createLog(threshold: LogLevel): Log {
  const isEnabled = (level: LogLevel) => RANK[level] >= RANK[threshold];
  const write =
    (level: LogLevel): Log['info'] =>
    (message, fields, error) => {
      if (isEnabled(level)) {
        const timestamp = new Date().toISOString();
        writeLine({
          level,
          message,
          timestamp,
          ...fields,
          ...(error !== undefined && { error: describeError(error) }),
        });
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

/**
 * Writes an object as one line to standard output, regardless of the level.
 *
 * It does not use the console: on Lambda the console puts its own words before the text, so that the line is
 * not JSON any more. It uses `process.stdout` only if necessary: its first use loads node's network streams,
 * which takes 2.5 ms of a cold start.
 *
 * @param members - further ones of the line, as JSON, each after a comma.
 */
export function writeLine(line: Fields, members?: string): void {
  const json = toLine(line);
  const bytes = Buffer.from(`${members ? `${json.slice(0, -1)}${members}}` : json}\n`);
  let written = 0;
  // What waits in the stream comes first.
  if (!stream?.writableLength) {
    const { writeSync } = process.getBuiltinModule('node:fs');
    try {
      while (written < bytes.length) {
        written += writeSync(STDOUT, bytes, written);
      }
      return;
    } catch {
      // The pipe is full, and it does not block because other code uses `process.stdout`, which can wait.
      stream = process.stdout;
    }
  }
  stream.write(bytes.subarray(written));
}

/** `process.stdout`, once it has been necessary. */
let stream: typeof process.stdout | undefined;
const STDOUT = 1;
/** A line of the log holds 256 kB; a message is in it twice, with the stack. */
const MAX_TEXT_CHARACTERS = 20_000;

/**
 * Describes an error as data: name, message, stack as lines, and up to `causes` causes. Any other value
 * becomes text.
 */
export function describeError(error: unknown, causes = 3): unknown {
  if (!(error instanceof Error)) {
    return typeof error === 'string' ? error : show(error, 1000);
  }
  try {
    const { name, message, stack, cause } = error;
    return {
      name,
      message: cut(String(message), MAX_TEXT_CHARACTERS),
      stack: typeof stack === 'string' ? cut(stack, MAX_TEXT_CHARACTERS).split('\n') : stack,
      ...(cause !== undefined && causes > 0 && { cause: describeError(cause, causes - 1) }),
    };
  } catch {
    return kindOf(error);
  }
}

const MAX_INFO_CHARACTERS = 400;

/** Where the info about a request begins to quote the request. */
const QUOTES = /, got |["{]|:(?! expected)/;

/**
 * Shortens the info of an error for the log. The info about a request that cannot be read quotes the caller's
 * values: these are in the answer, and belong into the log only with LOG_PAYLOADS.
 */
export function infoForLog(
  { reason, status, message }: { reason: string; status: number; message: string },
  withPayloads: boolean,
): string {
  const quotes = reason === 'MICROSERVICE_BAD_DATA' && status < 500 && !withPayloads;
  return cut(quotes ? (message.split(QUOTES, 1)[0] as string) : message, MAX_INFO_CHARACTERS);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}... (${text.length} characters)` : text;
}

function toLine(line: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(line);
  } catch {
    // A field cannot be written as JSON, so each field is written by itself, as text.
    return JSON.stringify(
      Object.fromEntries(Object.entries(line).map(([key, value]) => [key, show(value, 10_000)])),
    );
  }
}
