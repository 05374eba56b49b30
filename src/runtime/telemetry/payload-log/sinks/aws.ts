import { type AwsService, openAwsClient, toEndpoint } from '../../../clients/aws-client.ts';
import { monotonicMs } from '../../../clock.ts';
import { awsSettings, type Config } from '../../../config.ts';
import { type CloudEvent, toJson } from '../cloud-event.ts';
import type { OpenSink } from './sink.ts';

type Call = (operation: string, input: object, timeoutMs: number) => Promise<Answer>;

/** The fields that are read from an answer of any of the services. */
interface Answer {
  readonly QueueUrl?: string;
  readonly FailedEntryCount?: number;
  readonly Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

interface Service {
  /** The service's name in signatures and in its host name. */
  readonly service: AwsService;
  readonly override: 'AWS_ENDPOINT_URL_SQS' | 'AWS_ENDPOINT_URL_EVENTBRIDGE' | 'AWS_ENDPOINT_URL_FIREHOSE';
  readonly target: string;
  readonly contentType: string;
  /** Makes the function that sends events to the queue, bus or stream `name`. It is used for all events. */
  sender(name: string, call: Call): (event: CloudEvent, timeoutMs: number) => Promise<void>;
}

const SERVICES: Readonly<Record<string, Service>> = {
  'sqs:': {
    service: 'sqs',
    override: 'AWS_ENDPOINT_URL_SQS',
    target: 'AmazonSQS',
    contentType: 'application/x-amz-json-1.0',
    sender(name, call) {
      let queueUrl: string | undefined;
      return async (event, timeoutMs) => {
        const endAt = monotonicMs() + timeoutMs;
        queueUrl ??= (await call('GetQueueUrl', { QueueName: name }, timeoutMs)).QueueUrl;
        const fifo = name.endsWith('.fifo')
          ? { MessageGroupId: event.extensions.requestid ?? event.id, MessageDeduplicationId: event.id }
          : {};
        const message = { QueueUrl: queueUrl, MessageBody: toJson(event), ...fifo };
        await call('SendMessage', message, endAt - monotonicMs());
      };
    },
  },
  'eventbridge:': {
    service: 'events',
    override: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
    target: 'AWSEvents',
    contentType: 'application/x-amz-json-1.1',
    sender: (name, call) => async (event, timeoutMs) => {
      const { source, type } = event;
      const entry = { EventBusName: name, Source: source, DetailType: type, Detail: toJson(event) };
      const { FailedEntryCount, Entries = [] } = await call('PutEvents', { Entries: [entry] }, timeoutMs);
      const { ErrorCode, ErrorMessage } = Entries[0] ?? {};
      if (FailedEntryCount) {
        throw new Error(`EventBridge PutEvents to ${name}: ${ErrorCode}: ${ErrorMessage}`);
      }
    },
  },
  'firehose:': {
    service: 'firehose',
    override: 'AWS_ENDPOINT_URL_FIREHOSE',
    target: 'Firehose_20150804',
    contentType: 'application/x-amz-json-1.1',
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
  const { sender, ...service } = SERVICES[url.protocol] as Service;
  return sender(url.host, openCall(service, url.host, config));
};

function openCall(
  { service, override, target, contentType }: Omit<Service, 'sender'>,
  name: string,
  config: Config,
): Call {
  const settings = awsSettings(config);
  const endpoint = toEndpoint(service, settings.region, config[override] ?? config.AWS_ENDPOINT_URL);
  const client = openAwsClient(service, endpoint, settings);
  return async (operation, input, timeoutMs) => {
    const what = `${service} ${operation} for ${name}`;
    const { status, body } = await client.send({
      what,
      method: 'POST',
      endpoint,
      path: '/',
      headers: { 'content-type': contentType, 'x-amz-target': `${target}.${operation}` },
      body: JSON.stringify(input),
      timeoutMs,
      isRepeatable: true,
    });
    const answer = readAnswer(body);
    if (status === 200) {
      return answer;
    }
    const { __type = '', message, Message = '' } = answer;
    throw client.toError(what, status, __type.replace(/^.*#/, ''), message ?? Message);
  };
}

/** Reads an answer. One that is not JSON, such as a gateway's page, counts as empty. */
function readAnswer(body: Buffer): Answer {
  try {
    return JSON.parse(body.toString()) as Answer;
  } catch {
    return {};
  }
}
