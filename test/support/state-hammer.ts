import { lambdaEnvironment } from './lambda-instance.ts';
import type { Job, Phase, Report } from './state-hammer-job.ts';
import { percentiles, runTogether, startWorker } from './stores/workers.ts';

const WORKER = new URL('state-hammer-worker.ts', import.meta.url);

/** How many callers there are, and how often they call. */
export interface FeedbackHammerOptions extends Job {
  /** Instances, each a process. */
  readonly processes: number;
  /** Beside Lambda's own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The outcome of all calls of a phase. */
export interface FeedbackPhase {
  readonly conflicts: number;
  /** Answers 503; each was asked for again, after what it said. */
  readonly refused: number;
  readonly updatesPerSecond: number;
  /** Of one feedback, from its first call to its 200, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** The outcome of all calls. */
export interface FeedbackHammerResult {
  /** Of the first feedback of each caller: all instances, which have loaded their code, begin at once. */
  readonly first: FeedbackPhase;
  /** Of all others, which begin when all of the first have ended. */
  readonly rest: FeedbackPhase;
}

/** Sends feedback to many instances of a packaged function at once, as whole HTTP events. */
export async function hammerFeedback({
  processes,
  environment,
  ...job
}: FeedbackHammerOptions): Promise<FeedbackHammerResult> {
  const full = { ...lambdaEnvironment(job.task, 'send-feedback'), ...environment };
  const workers = Array.from({ length: processes }, () =>
    startWorker<Report>(WORKER, job, { environment: full }),
  );
  const { reports, seconds } = await runTogether(workers, 2);
  const [ofFirst = 0, ofRest = 0] = seconds;
  const phase = (name: keyof Report, duration: number) =>
    toPhase(
      reports.map((report) => report[name]),
      duration,
    );
  return { first: phase('first', ofFirst), rest: phase('rest', ofRest) };
}

function toPhase(phases: readonly Phase[], seconds: number): FeedbackPhase {
  const latencies = phases.flatMap(({ latenciesMs }) => latenciesMs);
  const at = percentiles(latencies);
  const sum = (name: 'conflicts' | 'refused') => phases.reduce((total, phase) => total + phase[name], 0);
  return {
    conflicts: sum('conflicts'),
    refused: sum('refused'),
    updatesPerSecond: latencies.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    longest: at(1),
  };
}
