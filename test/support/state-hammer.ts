import { lambdaEnvironment } from './lambda-instance.ts';
import type { Job, Report } from './state-hammer-job.ts';
import { percentiles, runTogether, startWorker } from './stores/workers.ts';

const WORKER = new URL('state-hammer-worker.ts', import.meta.url);

/** How many callers there are, and how often they call. */
export interface FeedbackHammerOptions extends Job {
  /** Instances, each a process. */
  readonly processes: number;
  /** Beside Lambda's own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The outcome of all calls. */
export interface FeedbackHammerResult {
  readonly conflicts: number;
  /** Answers 503; each was asked for again, after what it said. */
  readonly refused: number;
  readonly updatesPerSecond: number;
  /** Of one feedback, from its first call to its 200, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/**
 * Sends feedback to many instances of a packaged function at once, as whole HTTP events, each with its
 * Idempotency-Key.
 */
export async function hammerFeedback({
  processes,
  environment,
  ...job
}: FeedbackHammerOptions): Promise<FeedbackHammerResult> {
  const full = { ...lambdaEnvironment(job.task, 'send-feedback'), ...environment };
  const workers = Array.from({ length: processes }, () =>
    startWorker<Report>(WORKER, job, { environment: full }),
  );
  const { reports, seconds } = await runTogether(workers);
  const latencies = reports.flatMap(({ latenciesMs }) => latenciesMs);
  const at = percentiles(latencies);
  const sum = (name: 'conflicts' | 'refused') => reports.reduce((total, report) => total + report[name], 0);
  return {
    conflicts: sum('conflicts'),
    refused: sum('refused'),
    updatesPerSecond: latencies.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    longest: at(1),
  };
}
