import { findMachine } from '../../../batch/distributed/find-machine.ts';
import { type Ending, follow } from '../../../batch/distributed/follow.ts';
import { hasParts, mergeParts } from '../../../batch/distributed/parts.ts';
import { type DistributedReport, failedIn, toJson, toText } from '../../../batch/distributed/report.ts';
import { countResults } from '../../../batch/distributed/results.ts';
import {
  executionArnOf,
  openStepFunctions,
  type StepFunctions,
} from '../../../batch/distributed/step-functions.ts';
import { UserError } from '../../../bundle/user-error.ts';
import { parseJson } from '../../../client/parse-json.ts';
import type { RunInput } from '../../../deploy/stack/state-machine.ts';
import { isRecord } from '../../../runtime/objects.ts';
import { printable } from '../../printable.ts';
import { openSinkFor, refuseThere } from '../open-output.ts';
import type { BatchOptions, OptionName } from '../options.ts';
import { s3Settings } from '../s3-settings.ts';
import { showProgressOf } from '../show.ts';
import { STOPPED, stopBySignal } from '../stop-by-signal.ts';
import { type DistributedSettings, readDistributed } from './settings.ts';

/**
 * Starts the state machine of a stack, follows its run until it is over, prints the report, and sets the exit
 * code.
 *
 * @param args - input and output. @param isGiven - whether the user has typed an option.
 * @throws UserError when an option is wrong, or AWS refuses a call.
 */
export async function answerInStack(
  args: readonly string[],
  options: BatchOptions,
  isGiven: (name: OptionName) => boolean,
): Promise<void> {
  const settings = readDistributed(args, options, isGiven);
  if (options.merge !== undefined) {
    await refuseThere(options.merge, options.overwrite);
  }
  const stop = stopBySignal();
  const machine = options.stateMachine ?? (await machineOf(options));
  const functions = openStepFunctions(
    { ...s3Settings(), region: regionOf(machine) },
    endpointOf('AWS_ENDPOINT_URL_SFN'),
  );
  const start = performance.now();
  const { execution, input } = await begin(functions, machine, settings, options);
  const shown = showProgressOf(options.json);
  const ending = await follow({
    ...{ functions, execution, maxFailures: settings.maxFailures, stop },
    onProgress: shown.show,
  }).finally(shown.hide);
  const seconds = (performance.now() - start) / 1000;
  const report = await reportOn({ ending, execution, input, machine, seconds }, settings, options.merge);
  console.log(printable(options.json ? toJson(report) : toText(report)));
  process.exitCode = exitCodeOf(report);
}

function machineOf({ stack = '', model }: BatchOptions): Promise<string> {
  return findMachine({ stack, model }, s3Settings(), endpointOf('AWS_ENDPOINT_URL_CLOUDFORMATION'));
}

function endpointOf(variable: string): string | undefined {
  return process.env[variable] || process.env.AWS_ENDPOINT_URL || undefined;
}

function regionOf(machine: string): string {
  const [, region] = /^arn:[\w-]+:states:([\w-]+):\d+:stateMachine:[^:]+$/.exec(machine) ?? [];
  if (region === undefined) {
    throw new UserError(
      `--state-machine: expected an ARN as arn:aws:states:eu-west-1:123456789012:stateMachine:name, got "${machine}"`,
    );
  }
  return region;
}

/** An execution that is there, and what it was started with. */
interface Begun {
  readonly execution: string;
  readonly input: RunInput;
}

async function begin(
  functions: StepFunctions,
  machine: string,
  { name, input }: DistributedSettings,
  { redrive, merge }: BatchOptions,
): Promise<Begun> {
  if (input !== undefined) {
    refuseInventory(input, merge);
    const { bucket, prefix } = input.output;
    if (await hasParts({ bucket, key: prefix }, s3Settings())) {
      throw new UserError(
        `s3://${bucket}/${prefix} has parts of a run already; expected another folder, or --resume with --batch-id`,
      );
    }
    return { execution: await functions.start(machine, name, input), input };
  }
  const execution = executionArnOf(machine, name);
  const found = await functions.describe(execution);
  const given = readGiven(found.input, name);
  refuseInventory(given, merge);
  if (redrive) {
    await functions.redrive(execution);
  }
  return { execution, input: given };
}

/** The input of an execution that is there: anybody can have started one. */
function readGiven(text: string | undefined, name: string): RunInput {
  const given = parseJson(text ?? '');
  const output = isRecord(given) && isRecord(given.output) ? given.output : {};
  if (![output.bucket, output.prefix, output.results].every((part) => typeof part === 'string')) {
    throw new UserError(
      `--batch-id: the run ${name} was not started by this command: its input has no output`,
    );
  }
  return given as RunInput;
}

function refuseInventory({ format, output }: RunInput, merge: string | undefined): void {
  if (merge !== undefined && format === 'inventory') {
    const folder = `s3://${output.bucket}/${output.prefix}/files`;
    throw new UserError(`--merge: the answers to each file of an inventory are in a folder of ${folder}`);
  }
}

interface Facts extends Begun {
  readonly ending: Ending;
  readonly machine: string;
  readonly seconds: number;
}

async function reportOn(
  { ending, execution, input, machine, seconds }: Facts,
  { name, maxFailures }: DistributedSettings,
  merge: string | undefined,
): Promise<DistributedReport> {
  const { bucket, prefix, results } = input.output;
  const { mapRun, isStopped } = ending;
  const counts =
    mapRun === undefined || isStopped
      ? undefined
      : await countResults({ bucket, key: results }, mapRun.mapRunArn, s3Settings());
  const report = { ending, execution, machine, batchId: name, seconds, counts, maxFailures };
  const folder = `s3://${bucket}/${prefix}`;
  if (merge === undefined || isStopped) {
    return { ...report, folder, merged: undefined };
  }
  const sink = await openSinkFor(merge);
  try {
    const lines = await mergeParts({ bucket, key: prefix }, s3Settings(), sink);
    await sink.close();
    return { ...report, folder, merged: { path: merge, lines } };
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

function exitCodeOf({ ending, counts, maxFailures }: DistributedReport): number {
  const failed = failedIn({ ending, counts });
  if (ending.hasTooManyFailures || failed > maxFailures) {
    return 3;
  }
  if (ending.isStopped) {
    return STOPPED;
  }
  return ending.execution.status === 'SUCCEEDED' && failed === 0 ? 0 : 1;
}
