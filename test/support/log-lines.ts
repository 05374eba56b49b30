import { vi } from 'vitest';

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
};

type WriteSync = (file: number, data: Uint8Array, ...where: unknown[]) => number;

// The functions write their log to the file of the standard output, by this very object.
const fs = process.getBuiltinModule('node:fs');
const writeFile = fs.writeSync as WriteSync;
const STDOUT = 1;

/**
 * Shows the log by the console, as the test runner knows which test a line of the console belongs to. The
 * setup of every test file calls it.
 */
export function showLog(): void {
  fs.writeSync = divert((text) => console.log(text.trimEnd()));
}

/** Keeps what is logged from now on, until `vi.restoreAllMocks()`; each line has to be one JSON object. */
export function captureLog(): () => LogLine[] {
  let text = '';
  vi.spyOn(fs, 'writeSync').mockImplementation(
    divert((more) => {
      text += more;
    }),
  );
  return () =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LogLine);
}

/** `fs.writeSync`, but text for the standard output goes to `take`. */
function divert(take: (text: string) => void): typeof fs.writeSync {
  const write: WriteSync = (file, data, ...where) => {
    if (file !== STDOUT) {
      return writeFile(file, data, ...where);
    }
    take(Buffer.from(data).toString());
    return data.length;
  };
  return write as typeof fs.writeSync;
}
