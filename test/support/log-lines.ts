import { vi } from 'vitest';

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
};

/** Keeps what is logged from now on, until `vi.restoreAllMocks()`; each line has to be one JSON object. */
export function captureLog(): () => LogLine[] {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return () =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LogLine);
}
