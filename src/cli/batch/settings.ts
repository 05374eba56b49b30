import { availableParallelism } from 'node:os';
import { DATA_TYPES, type DataType, METHODS, type Method } from '../../batch/kinds/index.ts';
import { UserError } from '../../bundle/user-error.ts';
import { ARRAY_FORMS, type ArrayForm } from '../../client/array-form.ts';
import { readInteger, readOptional } from '../option-values.ts';

/** The options of the command as they are typed, or as variables have them. */
export interface BatchOptions {
  readonly url?: string | undefined;
  readonly model?: string | undefined;
  readonly path?: string | undefined;
  readonly method: string;
  readonly dataType: string;
  readonly payloadType: string;
  readonly batchSize: string;
  readonly workers?: string | undefined;
  readonly retries: string;
  readonly batchInterval: string;
  readonly batchId?: string | undefined;
  readonly inputDataPath?: string | undefined;
  readonly outputDataPath?: string | undefined;
  readonly format?: string | undefined;
  readonly columns?: string | undefined;
  readonly ordered: boolean;
  readonly resume: boolean;
  readonly retryFailed: boolean;
  readonly overwrite: boolean;
  readonly maxFailures?: string | undefined;
  readonly timeout: string;
  readonly header: readonly string[];
  readonly sigv4: boolean;
  readonly deploymentName?: string | undefined;
  readonly gatewayType: string;
  readonly namespace: string;
  readonly host?: string | undefined;
  readonly transport: string;
  readonly useSsl: boolean | string;
  readonly callCredentialsToken?: string | undefined;
  readonly json: boolean;
}

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
}

const MAX_WORKERS = 1000;
const DEFAULT_WORKERS = 32;
const MAX_BATCH_SIZE = 100_000;

/** @throws UserError naming the option that is wrong. */
export function readBatchSettings(options: BatchOptions): BatchSettings {
  const method = oneOf(METHODS, options.method, '--method');
  const dataType = oneOf(DATA_TYPES, options.dataType, '--data-type');
  const batchSize = readInteger(options.batchSize, '--batch-size', 1, MAX_BATCH_SIZE);
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
