import { createInstanceId } from '../../batch/instance-id.ts';
import type { BatchPlan } from '../../batch/plan.ts';
import { type Report, toJson, toText } from '../../batch/report.ts';
import { type Resumed, removeFailures, resume } from '../../batch/resume.ts';
import type { Row } from '../../batch/row.ts';
import { runBatch } from '../../batch/run.ts';
import type { Target } from '../../batch/target.ts';
import { UserError } from '../../bundle/user-error.ts';
import { createOnce } from '../../runtime/once.ts';
import { printable } from '../printable.ts';
import { openAddress } from './address.ts';
import { type Files, hasOutput, readFiles } from './files.ts';
import { openProjectModel } from './open-model.ts';
import { openOutput, refuseObject } from './open-output.ts';
import { openProtocol } from './open-protocol.ts';
import type { BatchOptions, OptionName } from './options.ts';
import { type BatchSettings, readBatchSettings } from './settings.ts';
import { showRun } from './show.ts';
import { openSource, type Source, type SourceRows } from './source.ts';
import { STOPPED, stopBySignal } from './stop-by-signal.ts';

/** Milliseconds before the second try of a request; longer before later ones. */
const BACKOFF_MS = 500;

/** A command whose options and files are right. */
interface Job {
  readonly options: BatchOptions;
  readonly settings: BatchSettings;
  readonly files: Files;
  readonly source: Source;
  readonly target: Target;
  readonly stop: AbortSignal;
}

/**
 * Answers the lines of a file, prints the report, and sets the exit code.
 *
 * @param args - input and output. @param isGiven - whether the user has typed an option.
 * @throws UserError when an option or a file is wrong.
 */
export async function answerFile(
  args: readonly string[],
  options: BatchOptions,
  isGiven: (name: OptionName) => boolean,
): Promise<void> {
  const settings = readBatchSettings(options, isGiven);
  const files = readFiles(args, options);
  const stop = stopBySignal();
  const source = await openSource(files.input, options, settings);
  const report = await answerAll({ options, settings, files, source, stop }).finally(() => source.close());
  // Standard output may be the output.
  const print = files.output === '-' ? console.error : console.log;
  print(printable(options.json ? toJson(report) : toText(report)));
  process.exitCode = exitCodeOf(report);
}

async function answerAll(job: Omit<Job, 'target'>): Promise<Report> {
  const { options, settings, files } = job;
  await refuseObject(files.output, options.overwrite);
  const target = await openTarget(options, settings);
  return answer({ ...job, target }).finally(() => target.close());
}

async function answer({ options, settings, files, source, target, stop }: Job): Promise<Report> {
  const asked = createOnce<unknown>();
  const metadata = () => asked(() => target.metadata());
  const { rows: all, names, told, input }: SourceRows = await source.open(metadata);
  if (told !== undefined) {
    console.error(printable(told));
  }
  const protocol = await openProtocol(settings, names, metadata);
  const resumed = await findDone(files.output, all, options, settings);
  const batchId = resumed?.batchId ?? settings.batchId ?? crypto.randomUUID();
  const { batchSize, retries, intervalMs, maxFailures } = settings;
  const output = await openOutput(files.output, resumed?.length ?? 0);
  const plan: BatchPlan = {
    ...{ rows: resumed?.rows ?? all, output, target, protocol, batchId },
    instanceId: createInstanceId(batchId),
    ...{ batchSize, retries, backoffMs: BACKOFF_MS, intervalMs, maxFailures, stop },
    orderedFrom: options.ordered ? (resumed?.next ?? 0) : undefined,
  };
  const start = performance.now();
  const run = runBatch(plan);
  const hide = showRun(run, input, options.json);
  const end = await run.ended.finally(hide);
  const { tally, limiter } = run;
  return {
    ...{ end, tally, limiter, target: target.name, batchId },
    seconds: (performance.now() - start) / 1000,
    before: { done: resumed?.done ?? 0, failed: resumed?.failed ?? 0 },
  };
}

/** What an earlier run has done; undefined: there was none, or it is not to go on. */
async function findDone(
  output: string,
  rows: AsyncIterable<readonly Row[]>,
  options: BatchOptions,
  { batchId }: BatchSettings,
): Promise<Resumed | undefined> {
  if (!options.resume || !hasOutput(output)) {
    return undefined;
  }
  if (options.retryFailed) {
    await removeFailures(output);
  }
  // Without the failures, there may be nothing left.
  const resumed = hasOutput(output) ? await resume(output, rows, batchId) : undefined;
  if (options.ordered && resumed?.isInOrder === false) {
    throw new UserError(
      `--ordered: the lines of ${output} are not in the order of the input; expected --resume without it`,
    );
  }
  return resumed;
}

function openTarget(options: BatchOptions, settings: BatchSettings): Promise<Target> {
  if (options.model === undefined) {
    return openAddress(options, settings);
  }
  if (options.url !== undefined) {
    throw new UserError('--url and --model: expected one of them');
  }
  return openProjectModel(options.model, settings, (text) => process.stderr.write(text));
}

function exitCodeOf({ end, tally, before }: Report): number {
  if (end.kind === 'too many failures') {
    return 3;
  }
  if (end.kind === 'stopped') {
    return STOPPED;
  }
  return end.kind === 'done' && tally.failed + before.failed === 0 ? 0 : 1;
}
