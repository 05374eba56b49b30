/**
 * Shows what a command is doing, in place of the last such line; an empty text removes it. Does nothing where
 * the output is not a terminal.
 */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\u001b[K${text}`);
  }
}
