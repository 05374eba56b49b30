/** The kinds of data that a run can read, and how Step Functions reads each. */
const READERS = {
  jsonl: { InputType: 'JSONL' },
  json: { InputType: 'JSON' },
  csv: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
  inventory: { InputType: 'MANIFEST' },
} as const;

/** A kind of data. */
export type DataFormat = keyof typeof READERS;

/** The kinds of data. */
export const DATA_FORMATS = Object.keys(READERS) as readonly DataFormat[];

/** The input of an execution: what `seldon-lambda batch --distributed` starts it with. */
export interface RunInput {
  readonly format: DataFormat;
  readonly input: { readonly bucket: string; readonly key: string };
  /** `prefix`: the folder of the answers; `results`: that of what Step Functions writes about the run. */
  readonly output: { readonly bucket: string; readonly prefix: string; readonly results: string };
  /** The most calls of the function at the same time. */
  readonly maxConcurrency: number;
  /** The most items in one call. */
  readonly maxItemsPerBatch: number;
  /** The part of the batches that may fail before the run does, in percent. */
  readonly toleratedFailurePercentage: number;
}

/** Below the 256 KiB that a state may get, with room for what is beside the items. */
const MAX_INPUT_BYTES = 200_000;
/** Seconds that Step Functions waits longer than Lambda itself. */
const GRACE = 30;

/** Errors after which the same items are tried again: of Lambda, and the function's own for what may pass. */
const PASSING = [
  'BATCH_TRY_AGAIN',
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'States.Timeout',
];

/**
 * The definition of the state machine, in Amazon States Language: a Distributed Map over the items of a file
 * in S3, of which each batch is a call of the function. A call that leaves items, because its time was over,
 * is followed by another one.
 *
 * @param functionArn - or the name of a substitution for it.
 * @param timeout - of the function, in seconds.
 * @see https://states-language.net/, "Using Map state in Distributed mode", Step Functions developer guide
 */
export function stateMachineOf(functionArn: string, timeout: number) {
  const maps = DATA_FORMATS.map((format) => [nameOf(format), mapOf(format, functionArn, timeout)] as const);
  return {
    Comment: 'Answers the items of a file in S3 in batches, each by a call of the function for many records',
    StartAt: 'Format',
    States: {
      Format: {
        Type: 'Choice',
        Choices: DATA_FORMATS.map((format) => ({
          Variable: '$.format',
          StringEquals: format,
          Next: nameOf(format),
        })),
        Default: 'UnknownFormat',
      },
      ...Object.fromEntries(maps),
      UnknownFormat: {
        Type: 'Fail',
        Error: 'BATCH_FORMAT',
        Cause: `format is not one of ${DATA_FORMATS.join(', ')}`,
      },
    },
  };
}

/** `jsonl` -> `Jsonl`. */
function nameOf(format: DataFormat): string {
  return `${format.charAt(0).toUpperCase()}${format.slice(1)}`;
}

function mapOf(format: DataFormat, functionArn: string, timeout: number) {
  // A name belongs to one state of the whole machine.
  const [answer, isWhole, whole] = ['Answer', 'IsWhole', 'Whole'].map(
    (name) => `${name}${nameOf(format)}`,
  ) as [string, string, string];
  return {
    Type: 'Map',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: READERS[format],
      Parameters: { 'Bucket.$': '$.input.bucket', 'Key.$': '$.input.key' },
    },
    ItemSelector: { 'index.$': '$$.Map.Item.Index', 'value.$': '$$.Map.Item.Value' },
    ItemBatcher: {
      MaxItemsPerBatchPath: '$.maxItemsPerBatch',
      MaxInputBytesPerBatch: MAX_INPUT_BYTES,
      BatchInput: { 'run.$': '$$.Execution.Name', 'format.$': '$.format', 'output.$': '$.output' },
    },
    MaxConcurrencyPath: '$.maxConcurrency',
    ToleratedFailurePercentagePath: '$.toleratedFailurePercentage',
    ItemProcessor: {
      // Standard: an Express execution ends after five minutes.
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: answer,
      States: {
        [answer]: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: functionArn, 'Payload.$': '$' },
          OutputPath: '$.Payload',
          TimeoutSeconds: timeout + GRACE,
          Retry: [
            {
              ErrorEquals: PASSING,
              IntervalSeconds: 2,
              BackoffRate: 2,
              MaxAttempts: 6,
              MaxDelaySeconds: 60,
              JitterStrategy: 'FULL',
            },
          ],
          Next: isWhole,
        },
        [isWhole]: {
          Type: 'Choice',
          Choices: [{ Variable: '$.Items[0]', IsPresent: true, Next: answer }],
          Default: whole,
        },
        [whole]: { Type: 'Pass', OutputPath: '$.done', End: true },
      },
    },
    ResultWriter: {
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { 'Bucket.$': '$.output.bucket', 'Prefix.$': '$.output.results' },
      WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
    },
    End: true,
  };
}
