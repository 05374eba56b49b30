import { openJsonService, openQueue, SQS } from '../../clients/json-service.ts';
import type { OpenOutput } from './output.ts';

/** The part of an answer that is read. */
interface SendMessageBatch {
  readonly Failed?: readonly { readonly Id?: string; readonly Code?: string; readonly Message?: string }[];
}

/**
 * Opens `sqs://queue`, in the function's own account and region: each answer is a message, with the id of its
 * record as attribute `record-id`. In a FIFO queue the id also keeps an answer that comes twice from being
 * delivered twice, and the answers of a group stay in order.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export const openSqs: OpenOutput = (url, settings) => {
  const name = url.hostname;
  const queue = openQueue(name, openJsonService(SQS, name, settings, settings.endpoints.sqs));
  const isFifo = name.endsWith('.fifo');
  return {
    maxAnswers: 10,
    maxBytes: 250_000,
    async send(answers, { timeoutMs }) {
      const Entries = answers.map(({ id, group, text }, index) => ({
        Id: `${index}`,
        MessageBody: text,
        MessageAttributes: { 'record-id': { DataType: 'String', StringValue: id } },
        ...(isFifo && { MessageGroupId: group ?? 'answers', MessageDeduplicationId: toDeduplicationId(id) }),
      }));
      const { Failed = [] } = await queue<SendMessageBatch>('SendMessageBatch', { Entries }, timeoutMs);
      return Failed.map(({ Id, Code, Message = '' }) => ({
        index: Number(Id),
        info: `sqs SendMessageBatch for ${name}: ${Code}: ${Message}`,
      }));
    },
  };
};

/** Up to 128 letters, digits and punctuation. */
function toDeduplicationId(id: string): string {
  if (/^[!-~]{1,128}$/.test(id)) {
    return id;
  }
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(id).digest('hex');
}
