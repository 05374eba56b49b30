import {
  type CallService,
  EVENTBRIDGE,
  FIREHOSE,
  type JsonService,
  openJsonService,
  openQueue,
  SQS,
} from '../../../clients/json-service.ts';
import { awsSettings } from '../../../config.ts';
import { type CloudEvent, toJson } from '../cloud-event.ts';
import type { OpenSink } from './sink.ts';

/** The fields that are read from an answer of PutEvents. */
interface PutEvents {
  readonly FailedEntryCount?: number;
  readonly Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
}

interface Service {
  readonly service: JsonService;
  readonly override: 'AWS_ENDPOINT_URL_SQS' | 'AWS_ENDPOINT_URL_EVENTBRIDGE' | 'AWS_ENDPOINT_URL_FIREHOSE';
  /** Makes the function that sends events to the queue, bus or stream `name`. It is used for all events. */
  sender(name: string, call: CallService): (event: CloudEvent, timeoutMs: number) => Promise<void>;
}

const SERVICES: Readonly<Record<string, Service>> = {
  'sqs:': {
    service: SQS,
    override: 'AWS_ENDPOINT_URL_SQS',
    sender(name, call) {
      const queue = openQueue(name, call);
      return async (event, timeoutMs) => {
        const fifo = name.endsWith('.fifo')
          ? { MessageGroupId: event.extensions.requestid ?? event.id, MessageDeduplicationId: event.id }
          : {};
        await queue('SendMessage', { MessageBody: toJson(event), ...fifo }, timeoutMs);
      };
    },
  },
  'eventbridge:': {
    service: EVENTBRIDGE,
    override: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
    sender: (name, call) => async (event, timeoutMs) => {
      const { source, type } = event;
      const entry = { EventBusName: name, Source: source, DetailType: type, Detail: toJson(event) };
      const input = { Entries: [entry] };
      const { FailedEntryCount, Entries = [] } = await call<PutEvents>('PutEvents', input, timeoutMs);
      const { ErrorCode, ErrorMessage } = Entries[0] ?? {};
      if (FailedEntryCount) {
        throw new Error(`EventBridge PutEvents to ${name}: ${ErrorCode}: ${ErrorMessage}`);
      }
    },
  },
  'firehose:': {
    service: FIREHOSE,
    override: 'AWS_ENDPOINT_URL_FIREHOSE',
    sender: (name, call) => async (event, timeoutMs) => {
      // One line per event, so that Firehose delivers lines of JSON.
      const Data = Buffer.from(`${toJson(event)}\n`).toString('base64');
      await call('PutRecord', { DeliveryStreamName: name, Record: { Data } }, timeoutMs);
    },
  },
};

/**
 * Opens `sqs://queue`, `eventbridge://bus` or `firehose://stream`, in the function's own account and region.
 * An event is sent as one JSON text.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the region or the credentials are missing.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html
 */
export const openAws: OpenSink = (url, config) => {
  const { sender, service, override } = SERVICES[url.protocol] as Service;
  const endpoint = config[override] ?? config.AWS_ENDPOINT_URL;
  return sender(url.host, openJsonService(service, url.host, awsSettings(config), endpoint));
};
