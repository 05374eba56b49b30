import { type Ending, failedOf } from './follow.ts';
import type { ItemCounts } from './results.ts';

/** The facts about a run that a state machine has made. */
export interface DistributedReport {
  readonly ending: Ending;
  readonly execution: string;
  readonly machine: string;
  readonly batchId: string;
  readonly seconds: number;
  /** Of the batches that have not failed; undefined: not known. */
  readonly counts: ItemCounts | undefined;
  readonly maxFailures: number;
  /** The folder of the answers. */
  readonly folder: string;
  /** The file of all answers; undefined: none. */
  readonly merged: { readonly path: string; readonly lines: number } | undefined;
}

/** Items without an answer: those that were refused, and those of batches that have failed for good. */
export function failedIn({ ending, counts }: Pick<DistributedReport, 'ending' | 'counts'>): number {
  return (counts?.failed ?? 0) + lostIn(ending);
}

/** Items of batches that have failed for good, which have no line. */
function lostIn({ mapRun }: Ending): number {
  return mapRun === undefined ? 0 : failedOf(mapRun.itemCounts);
}

function answeredIn({ ending: { mapRun }, counts }: DistributedReport): number {
  return counts?.answered ?? mapRun?.itemCounts.succeeded ?? 0;
}

function rateOf(items: number, seconds: number): number {
  return Math.round(items / Math.max(seconds, 0.001));
}

/** The report as text for people. */
export function toText(report: DistributedReport): string {
  const { ending, batchId, seconds, counts, folder, merged } = report;
  const { execution, isStopped } = ending;
  const [answered, failed, lost] = [answeredIn(report), failedIn(report), lostIn(ending)];
  const isDone = execution.status === 'SUCCEEDED';
  const verdict = isDone ? (failed === 0 ? 'done' : 'done, with FAILURES') : execution.status;
  const why = [execution.error, execution.cause].filter(Boolean).join(': ');
  return [
    `${isStopped ? 'the run goes on' : verdict}: ${answered} of ${answered + failed} items were answered`,
    counts !== undefined && counts.failed > 0 && `${counts.failed} have a line that says why not`,
    lost > 0 && `${lost} have no line, because their batch has failed for good: --redrive runs it again`,
    why !== '' && why,
    `${rateOf(answered, seconds).toLocaleString('en')} items/s in ${seconds.toFixed(1)} s`,
    merged === undefined ? `answers in ${folder}` : `${merged.lines} answers in ${merged.path}`,
    `batch ${batchId}${isStopped ? `: --resume --batch-id ${batchId} follows it again` : ''}`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** The report as one JSON document for other programs. */
export function toJson(report: DistributedReport): string {
  const { ending, execution, machine, batchId, seconds, counts, folder, merged } = report;
  const { status, error, cause } = ending.execution;
  const answered = answeredIn(report);
  return JSON.stringify({
    passed: status === 'SUCCEEDED' && failedIn(report) === 0,
    ...{ status, error, cause, execution, machine, batchId },
    rows: answered + failedIn(report),
    answered,
    failed: failedIn(report),
    withoutLine: lostIn(ending),
    seconds,
    rowsPerSecond: rateOf(answered, seconds),
    batches: ending.mapRun?.executionCounts,
    countsOfResults: counts,
    ...{ folder, merged },
  });
}
