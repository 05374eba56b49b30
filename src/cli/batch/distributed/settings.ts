import { readS3Uri } from '../../../batch/s3-input.ts';
import { UserError } from '../../../bundle/user-error.ts';
import { DATA_FORMATS, type DataFormat, type RunInput } from '../../../deploy/stack/state-machine.ts';
import { readInteger, readOptional } from '../../option-values.ts';
import type { BatchOptions, OptionName } from '../options.ts';
import { refuseGiven } from '../refuse-given.ts';

/** The options of a run that a state machine makes. */
export interface DistributedSettings {
  /** The name of the execution, and the `batch_id` of its answers. */
  readonly name: string;
  readonly maxFailures: number;
  /** Undefined: it was started before, and its input is known. */
  readonly input: RunInput | undefined;
}

const DEFAULT_ITEMS = 500;
const DEFAULT_CALLS = 100;
const MAX_CALLS = 10_000;
const MAX_ITEMS = 100_000;

/** The function of the stack decides on these, or Step Functions does. */
const OF_THIS_PROCESS: readonly OptionName[] = [
  ...(['url', 'protocol', 'binary', 'path', 'method', 'dataType', 'payloadType', 'columns'] as const),
  ...(['retries', 'batchInterval', 'timeout', 'header', 'sigv4', 'deploymentName', 'gatewayType'] as const),
  ...(['namespace', 'host', 'transport', 'useSsl', 'callCredentialsToken'] as const),
];

/** Options of a run that is started. */
const OF_START: readonly OptionName[] = ['format', 'workers', 'batchSize', 'tolerate'];

/**
 * Reads the options of a run that a state machine makes.
 *
 * @param args - input and output; none when the run was started before.
 * @param isGiven - whether the user has typed an option.
 * @throws UserError naming the option that is wrong.
 */
export function readDistributed(
  args: readonly string[],
  options: BatchOptions,
  isGiven: (name: OptionName) => boolean,
): DistributedSettings {
  refuseGiven(
    OF_THIS_PROCESS,
    isGiven,
    'it has no meaning with --distributed: the stack calls its own model',
  );
  refuseGiven(['ordered'], isGiven, 'with --distributed, the parts are in the order of the input anyway');
  if (options.merge === undefined) {
    refuseGiven(['overwrite'], isGiven, 'with --distributed, it is for --merge');
  }
  if (options.redrive || options.resume) {
    refuseGiven(OF_START, isGiven, 'it was decided when the run was started');
    if (args.length > 0) {
      throw new UserError('--resume and --redrive: expected no input and output, which the run has already');
    }
  }
  refuseGiven(['retryFailed'], isGiven, 'expected --redrive with --distributed');
  const { stack, stateMachine, batchId, redrive, resume } = options;
  if ((stack === undefined) === (stateMachine === undefined)) {
    throw new UserError('--distributed: expected --stack or --state-machine, which say who answers');
  }
  if ((redrive || resume) && batchId === undefined) {
    throw new UserError(`${redrive ? '--redrive' : '--resume'}: expected --batch-id, the name of the run`);
  }
  if (batchId !== undefined && !/^[\w.-]{1,80}$/.test(batchId)) {
    throw new UserError('--batch-id: expected up to 80 letters, digits, dots, hyphens and underscores');
  }
  return {
    name: batchId ?? `batch-${crypto.randomUUID()}`,
    maxFailures: readOptional(options.maxFailures, '--max-failures', 0) ?? Number.POSITIVE_INFINITY,
    input: redrive || resume ? undefined : readInput(args, options),
  };
}

function readInput(args: readonly string[], options: BatchOptions): RunInput {
  const [from = options.inputDataPath, to = options.outputDataPath, surplus] = args;
  if (from === undefined || to === undefined || surplus !== undefined) {
    throw new UserError(
      '--distributed: expected an input and an output, as s3://bucket/in.jsonl s3://bucket/out',
    );
  }
  const input = readS3Uri(from);
  const { bucket, key } = readS3Uri(to);
  const prefix = key.replace(/\/+$/, '');
  return {
    format: readFormat(input.key, options.format),
    input,
    output: { bucket, prefix, results: `${prefix}/_results` },
    maxConcurrency: readInteger(options.workers ?? `${DEFAULT_CALLS}`, '--workers', 1, MAX_CALLS),
    maxItemsPerBatch: readInteger(options.batchSize ?? `${DEFAULT_ITEMS}`, '--batch-size', 1, MAX_ITEMS),
    toleratedFailurePercentage: readInteger(options.tolerate, '--tolerate', 0, 100),
  };
}

function readFormat(key: string, given: string | undefined): DataFormat {
  const found = DATA_FORMATS.find((name) => name === given);
  if (given !== undefined && found === undefined) {
    throw new UserError(
      `--format: expected one of ${DATA_FORMATS.join(', ')} with --distributed, got "${given}"`,
    );
  }
  const [, ending] = /\.(csv|json)$/.exec(key.toLowerCase()) ?? [];
  return found ?? (ending as 'csv' | 'json' | undefined) ?? 'jsonl';
}
