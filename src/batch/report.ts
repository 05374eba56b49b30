import { stringify } from '../runtime/json/write-json.ts';
import type { Limiter } from './limiter.ts';
import type { End } from './plan.ts';
import type { FailureGroup, Tally } from './tally.ts';

/** The facts about a run. */
export interface Report {
  readonly end: End;
  readonly tally: Tally;
  readonly limiter: Limiter;
  readonly target: string;
  readonly batchId: string;
  readonly seconds: number;
  /** Lines that an earlier run has answered, and those of them that failed. */
  readonly before: { readonly done: number; readonly failed: number };
}

/** Kinds of failures that are shown; `--json` has all. */
const MAX_KINDS = 5;
/** Characters of a reason that are shown. */
const MAX_REASON = 300;

/** The report as text for people. */
export function toText(report: Report): string {
  const { end, tally, batchId, seconds, before, limiter } = report;
  const { answered, failed, retried } = tally;
  const rows = answered + failed;
  const groups = sorted(tally);
  const counts = [
    `${verdictOn(report)}: ${answered} of ${rows} lines were answered`,
    failed > 0 && `, ${failed} failed`,
    before.done > 0 && ` (${before.done} before this run, ${before.failed} of them failed)`,
  ];
  const rate = `${format(rows / Math.max(seconds, 0.001))} lines/s in ${seconds.toFixed(1)} s`;
  const again = retried > 0 && `, ${retried} requests sent again, ${limiter.decreases} times fewer at once`;
  return [
    ...groups.slice(0, MAX_KINDS).map(toBlock),
    groups.length > MAX_KINDS && `and ${groups.length - MAX_KINDS} other kinds of failures; --json shows all`,
    counts.filter(Boolean).join(''),
    'reason' in end && end.reason,
    `${rate}${again || ''}`,
    latencyLine(tally),
    `batch ${batchId}${end.kind === 'done' ? '' : ': go on with --resume'}`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** The report as one JSON document for other programs. */
export function toJson({ end, tally, limiter, target, batchId, seconds, before }: Report): string {
  const { answered, failed, retried } = tally;
  const rows = answered + failed;
  return stringify({
    passed: end.kind === 'done' && failed + before.failed === 0,
    ended: end.kind,
    ...('reason' in end && { reason: end.reason }),
    target,
    batchId,
    rows,
    failed,
    before,
    seconds,
    rowsPerSecond: Math.round(rows / Math.max(seconds, 0.001)),
    retried,
    requestsAtOnce: limiter.limit,
    requests: tally.latencies.count,
    latencyMs: toLatency(tally),
    failures: sorted(tally),
  });
}

/** Most frequent first. */
function sorted({ failures }: Tally): FailureGroup[] {
  return [...failures.values()].sort((a, b) => b.count - a.count);
}

function verdictOn({ end, tally, before }: Report): string {
  if (end.kind === 'done') {
    return tally.failed + before.failed === 0 ? 'done' : 'done, with FAILURES';
  }
  return end.kind === 'stopped' ? 'stopped' : 'ENDED before its time';
}

function toBlock({ kind, count, examples }: FailureGroup): string {
  const lines = examples.map(({ index, reason }) => `  line ${index + 1}: ${cut(reason)}`);
  return [`FAILED ${kind}: ${count} ${count === 1 ? 'line' : 'lines'}`, ...lines].join('\n');
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}...` : line;
}

function latencyLine(tally: Tally): string | undefined {
  const { p50, p90, p99, max } = toLatency(tally);
  return p50 === undefined
    ? undefined
    : `latency of ${tally.latencies.count} requests in ms: p50 ${p50}, p90 ${p90}, p99 ${p99}, max ${max}`;
}

function toLatency({ latencies }: Tally): Record<'p50' | 'p90' | 'p99' | 'max', number | undefined> {
  const [p50, p90, p99, max] = [50, 90, 99, 100].map((percent) => {
    const value = latencies.percentile(percent);
    return value && Number(value.toPrecision(3));
  });
  return { p50, p90, p99, max };
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
