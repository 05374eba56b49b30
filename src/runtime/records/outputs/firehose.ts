import { FIREHOSE, openJsonService } from '../../clients/json-service.ts';
import type { OpenOutput } from './output.ts';

/** The part of an answer that is read: a response for each record that was sent. */
interface PutRecordBatch {
  readonly RequestResponses?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
}

/**
 * Opens `firehose://stream`, in the function's own account and region: each answer is one line.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
export const openFirehose: OpenOutput = (url, settings) => {
  const name = url.hostname;
  const call = openJsonService(FIREHOSE, name, settings, settings.endpoints.firehose);
  return {
    maxAnswers: 500,
    maxBytes: 3_500_000,
    async send(answers, { timeoutMs }) {
      const Records = answers.map(({ text }) => ({ Data: Buffer.from(`${text}\n`).toString('base64') }));
      const input = { DeliveryStreamName: name, Records };
      const { RequestResponses = [] } = await call<PutRecordBatch>('PutRecordBatch', input, timeoutMs);
      return RequestResponses.flatMap(({ ErrorCode, ErrorMessage = '' }, index) =>
        ErrorCode === undefined
          ? []
          : [{ index, info: `firehose PutRecordBatch for ${name}: ${ErrorCode}: ${ErrorMessage}` }],
      );
    },
  };
};
