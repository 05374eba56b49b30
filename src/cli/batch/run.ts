import { createInstanceId } from '../../batch/instance-id.ts';
import { kindOf } from '../../batch/kinds/index.ts';
import { openOutputFile, openOutputStream } from '../../batch/output-file.ts';
import { type Report, toJson, toText } from '../../batch/report.ts';
import { removeFailures, resume } from '../../batch/resume.ts';
import { type BatchPlan, runBatch } from '../../batch/run.ts';
import type { Target } from '../../batch/target.ts';
import { UserError } from '../../bundle/user-error.ts';
import { openAddress } from './address.ts';
import { hasOutput, readFiles } from './files.ts';
import { openProjectModel } from './open-model.ts';
import { type BatchOptions, type BatchSettings, readBatchSettings } from './settings.ts';
import { showRun } from './show.ts';
import { openSource } from './source.ts';

/** Milliseconds before the second try of a request; longer before later ones. */
const BACKOFF_MS = 500;

/**
 * Answers the lines of a file, prints the report, and sets the exit code.
 *
 * @param args - input and output.
 * @throws UserError when an option or a file is wrong.
 */
export async function answerFile(args: readonly string[], options: BatchOptions): Promise<void> {
  const settings = readBatchSettings(options);
  const files = readFiles(args, options);
  const stop = stopBySignal();
  const source = await openSource(files.input, options, settings);
  const target = await openTarget(options, settings);
  const { rows: all, names, told, input } = await source.open(() => target.metadata());
  if (told !== undefined) {
    console.error(told);
  }
  if (options.retryFailed && hasOutput(files.output)) {
    await removeFailures(files.output);
  }
  const isResumed = options.resume && hasOutput(files.output);
  const resumed = isResumed ? await resume(files.output, all, settings.batchId) : undefined;
  if (options.ordered && resumed?.isInOrder === false) {
    throw new UserError(
      `--ordered: the lines of ${files.output} are not in the order of the input; expected --resume without it`,
    );
  }
  const batchId = resumed?.batchId ?? settings.batchId ?? crypto.randomUUID();
  const output =
    files.output === '-'
      ? openOutputStream(process.stdout)
      : await openOutputFile(files.output, resumed?.length ?? 0);
  const { method, dataType, payloadType, batchSize, retries, intervalMs, maxFailures } = settings;
  const plan: BatchPlan = {
    ...{ rows: resumed?.rows ?? all, output, target, batchId, instanceId: createInstanceId(batchId) },
    kind: kindOf({ method, dataType, payloadType, names }),
    ...{ batchSize, retries, backoffMs: BACKOFF_MS, intervalMs, maxFailures, stop },
    orderedFrom: options.ordered ? (resumed?.next ?? 0) : undefined,
  };
  const start = performance.now();
  const run = runBatch(plan);
  const hide = showRun(run, input, options.json);
  const end = await run.ended.finally(async () => {
    hide();
    await target.close();
  });
  const { tally, limiter } = run;
  const report: Report = {
    ...{ end, tally, limiter, target: target.name, batchId },
    seconds: (performance.now() - start) / 1000,
    before: { done: resumed?.done ?? 0, failed: resumed?.failed ?? 0 },
  };
  // Standard output may be the output.
  const print = files.output === '-' ? console.error : console.log;
  print(options.json ? toJson(report) : toText(report));
  process.exitCode = exitCodeOf(report);
}

function openTarget(options: BatchOptions, settings: BatchSettings): Target | Promise<Target> {
  if (options.model === undefined) {
    return openAddress(options, settings);
  }
  if (options.url !== undefined) {
    throw new UserError('--url and --model: expected one of them');
  }
  return openProjectModel(options.model, settings, (text) => process.stderr.write(text));
}

/** Aborted by the first signal, so that answers under way are kept; the second one ends the process. */
function stopBySignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
      process.once(signal, () => process.exit(130));
    });
  }
  return stop.signal;
}

/** 130: a shell's code for a command that SIGINT ended. */
function exitCodeOf({ end, tally, before }: Report): number {
  if (end.kind === 'too many failures') {
    return 3;
  }
  if (end.kind === 'stopped') {
    return 130;
  }
  return end.kind === 'done' && tally.failed + before.failed === 0 ? 0 : 1;
}
