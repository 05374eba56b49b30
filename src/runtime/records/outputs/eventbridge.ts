import { EVENTBRIDGE, openJsonService } from '../../clients/json-service.ts';
import type { OpenOutput } from './output.ts';

/** The part of an answer that is read: an entry for each that was sent. */
interface PutEvents {
  readonly Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
}

/**
 * Opens `eventbridge://bus`, in the function's own account and region: each answer is the detail of an event
 * of source `seldon-lambda`, type `Batch Answer`, with the id of its record as its resource.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export const openEventBridge: OpenOutput = (url, settings) => {
  const name = url.hostname;
  const call = openJsonService(EVENTBRIDGE, name, settings, settings.endpoints.events);
  return {
    maxAnswers: 10,
    maxBytes: 250_000,
    async send(answers, { timeoutMs }) {
      const Entries = answers.map(({ id, text }) => ({
        EventBusName: name,
        Source: 'seldon-lambda',
        DetailType: 'Batch Answer',
        Resources: [id],
        Detail: text,
      }));
      const { Entries: outcomes = [] } = await call<PutEvents>('PutEvents', { Entries }, timeoutMs);
      return outcomes.flatMap(({ ErrorCode, ErrorMessage = '' }, index) =>
        ErrorCode === undefined
          ? []
          : [{ index, info: `events PutEvents for ${name}: ${ErrorCode}: ${ErrorMessage}` }],
      );
    },
  };
};
