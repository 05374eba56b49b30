import type { BatchRun } from '../../batch/plan.ts';
import { createProgress, toProgressLine } from '../../batch/progress.ts';
import { showProgress } from '../progress.ts';

const TERMINAL_MS = 200;
const JSON_MS = 5_000;

/**
 * Shows how far a run is until it ends: as a line of the terminal or, with `isJson`, as a line of JSON on
 * standard error every five seconds.
 */
export function showRun(
  run: BatchRun,
  input: Parameters<typeof createProgress>[1],
  isJson: boolean,
): () => void {
  if (!isJson && !process.stderr.isTTY) {
    return () => {};
  }
  const look = createProgress(run, input);
  const show = () =>
    isJson ? console.error(JSON.stringify({ progress: look() })) : showProgress(toProgressLine(look()));
  const timer = setInterval(show, isJson ? JSON_MS : TERMINAL_MS);
  return () => {
    clearInterval(timer);
    showProgress('');
  };
}
