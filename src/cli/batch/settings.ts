import { availableParallelism } from 'node:os';
import { DATA_TYPES, type DataType, METHODS, type Method } from '../../batch/kinds/index.ts';
import { UserError } from '../../bundle/user-error.ts';
import { ARRAY_FORMS, type ArrayForm } from '../../client/array-form.ts';
import { readInteger, readOptional } from '../option-values.ts';
import { type BatchOptions, type OptionName, PROTOCOLS } from './options.ts';
import { refuseGiven } from './refuse-given.ts';

/** The options, read and checked. */
export interface BatchSettings {
  readonly method: Method;
  readonly dataType: DataType;
  readonly payloadType: ArrayForm;
  readonly batchSize: number;
  readonly workers: number;
  readonly retries: number;
  readonly intervalMs: number;
  readonly maxFailures: number;
  readonly timeoutMs: number;
  readonly batchId: string | undefined;
  readonly protocol: (typeof PROTOCOLS)[number];
  readonly isBinary: boolean;
}

const MAX_WORKERS = 1000;
const DEFAULT_WORKERS = 32;
const MAX_BATCH_SIZE = 100_000;

/** Options that only Seldon's protocol gives a meaning. */
const OF_SELDON: readonly OptionName[] = ['payloadType'];
/** Options of a run that a state machine makes. */
const OF_DISTRIBUTED: readonly OptionName[] = ['stack', 'stateMachine', 'tolerate', 'merge', 'redrive'];

/**
 * Reads the options of a run that this command makes itself.
 *
 * @param isGiven - whether the user has typed an option.
 * @throws UserError naming the option that is wrong.
 */
export function readBatchSettings(
  options: BatchOptions,
  isGiven: (name: OptionName) => boolean,
): BatchSettings {
  const protocol = oneOf(PROTOCOLS, options.protocol, '--protocol');
  refuseGiven(OF_DISTRIBUTED, isGiven, 'it is for --distributed');
  if (protocol === 'v2') {
    refuseGiven(OF_SELDON, isGiven, 'it has no meaning with --protocol v2, where all arrays are tensors');
  } else {
    refuseGiven(['binary'], isGiven, 'it is for --protocol v2');
  }
  const method = oneOf(METHODS, options.method, '--method');
  const dataType = oneOf(DATA_TYPES, options.dataType, '--data-type');
  const batchSize = readInteger(options.batchSize ?? '1', '--batch-size', 1, MAX_BATCH_SIZE);
  if (method === 'feedback' && protocol === 'v2') {
    throw new UserError('--method feedback: expected predict with --protocol v2, which has no feedback');
  }
  if (method === 'feedback' && dataType !== 'raw') {
    throw new UserError('--method feedback: expected --data-type raw, because a line is a whole feedback');
  }
  if (batchSize > 1 && (method === 'feedback' || !['data', 'raw'].includes(dataType))) {
    const found = method === 'feedback' ? '--method feedback' : `--data-type ${dataType}`;
    throw new UserError(`--batch-size ${batchSize}: expected 1 with ${found}, whose answers cannot be split`);
  }
  if (options.retryFailed && !options.resume) {
    throw new UserError('--retry-failed: expected --resume with it');
  }
  if (options.retryFailed && options.ordered) {
    throw new UserError(
      '--retry-failed and --ordered: expected one of them, because these answers come last',
    );
  }
  // With fewer threads than cores, this process can read and write meanwhile.
  const fallback = options.model === undefined ? DEFAULT_WORKERS : Math.max(1, availableParallelism() - 1);
  return {
    method,
    dataType,
    payloadType: oneOf(ARRAY_FORMS, options.payloadType, '--payload-type'),
    batchSize,
    workers:
      options.workers === undefined ? fallback : readInteger(options.workers, '--workers', 1, MAX_WORKERS),
    retries: readInteger(options.retries, '--retries', 0),
    intervalMs: readSeconds(options.batchInterval, '--batch-interval') * 1000,
    maxFailures: readOptional(options.maxFailures, '--max-failures', 0) ?? Number.POSITIVE_INFINITY,
    timeoutMs: readInteger(options.timeout, '--timeout', 1),
    batchId: readBatchId(options.batchId),
    ...{ protocol, isBinary: options.binary },
  };
}

function readBatchId(id: string | undefined): string | undefined {
  if (id === '') {
    throw new UserError('--batch-id: expected a text that is not empty');
  }
  return id;
}

function oneOf<T extends string>(names: readonly T[], text: string, option: string): T {
  const found = names.find((name) => name === text);
  if (found === undefined) {
    throw new UserError(`${option}: expected one of ${names.join(', ')}, got "${text}"`);
  }
  return found;
}

function readSeconds(text: string, option: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 3600) {
    return value;
  }
  throw new UserError(`${option}: expected seconds from 0 to 3600, got "${text}"`);
}
