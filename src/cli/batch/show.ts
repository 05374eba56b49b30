import type { BatchRun } from '../../batch/plan.ts';
import { createProgress, type Progress, toProgressLine } from '../../batch/progress.ts';
import { showProgress } from '../progress.ts';

const TERMINAL_MS = 200;
const JSON_MS = 5_000;

/** Shows progress until it is hidden. */
export interface Shown {
  show(progress: Progress): void;
  hide(): void;
}

/**
 * Shows progress as a line of the terminal or, with `isJson`, as lines of JSON on standard error, five
 * seconds apart.
 */
export function showProgressOf(isJson: boolean): Shown {
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(progress) {
      if (!isJson) {
        showProgress(toProgressLine(progress));
      } else if (performance.now() - shownAt >= JSON_MS - TERMINAL_MS) {
        shownAt = performance.now();
        console.error(JSON.stringify({ progress }));
      }
    },
    hide: () => showProgress(''),
  };
}

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
  const { show, hide } = showProgressOf(isJson);
  const timer = setInterval(() => show(look()), isJson ? JSON_MS : TERMINAL_MS);
  return () => {
    clearInterval(timer);
    hide();
  };
}
