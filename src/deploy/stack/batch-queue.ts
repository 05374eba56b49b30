import type { Stack } from '../serverless-types.ts';
import type { BatchFunction } from './batch.ts';

/** How often a message is tried before it is put aside. */
const TRIES = 5;
/** In seconds: the maximum of SQS. */
const RETENTION = 1_209_600;
/** In seconds: how long Lambda collects messages for an event of more than ten. */
const WINDOW = 5;
/** The most messages in an event of a FIFO queue, and of a queue whose messages are not collected. */
const MAX_AT_ONCE = 10;

/**
 * Adds a queue whose messages a function answers, and the queue for those that failed five times.
 *
 * A message that is being answered is hidden for six times the time of the function, as AWS advises: Lambda
 * may have to wait before it calls.
 */
export function addQueue(stack: Stack, { name, definition, id }: BatchFunction): void {
  const { resources, parameters } = stack;
  const isFifo = parameters.batchQueue === 'fifo';
  const queueOf = (suffix: string, properties: object) => ({
    Type: 'AWS::SQS::Queue',
    UpdateReplacePolicy: 'Retain',
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: {
      ...(isFifo && { FifoQueue: true, QueueName: `${stack.name}-${name}${suffix}.fifo` }),
      MessageRetentionPeriod: RETENTION,
      SqsManagedSseEnabled: true,
      ...properties,
    },
  });
  resources.Resources[`${id}BatchDeadLetters`] = queueOf('-failed', {});
  resources.Resources[`${id}BatchQueue`] = queueOf('', {
    VisibilityTimeout: 6 * Number(definition.timeout ?? stack.provider.timeout),
    RedrivePolicy: {
      deadLetterTargetArn: { 'Fn::GetAtt': [`${id}BatchDeadLetters`, 'Arn'] },
      maxReceiveCount: TRIES,
    },
  });
  resources.Outputs[`${id}BatchQueueUrl`] = {
    Description: `The queue of messages for ${name}`,
    Value: { Ref: `${id}BatchQueue` },
  };
  const { batchSize } = parameters;
  definition.events = [
    ...definition.events,
    {
      sqs: {
        arn: { 'Fn::GetAtt': [`${id}BatchQueue`, 'Arn'] },
        batchSize: isFifo ? Math.min(batchSize, MAX_AT_ONCE) : batchSize,
        ...(batchSize > MAX_AT_ONCE && !isFifo && { maximumBatchingWindow: WINDOW }),
      },
    },
  ];
}
