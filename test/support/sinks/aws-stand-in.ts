import aws4 from 'aws4';
import { AWS_CREDENTIALS, AWS_SETTINGS } from '../stores/aws-settings.ts';
import { openReceiver, type Received, type Receiver } from './receiver.ts';

/** The messages that were sent to a queue, a bus or a stream. */
export interface Delivery {
  /** `AmazonSQS.SendMessage`, ... */
  readonly target: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Stands in for AWS. */
export interface AwsStandIn {
  readonly url: string;
  readonly deliveries: Delivery[];
  /** The answer of PutEvents for an entry; default: accepted. */
  entryError: { ErrorCode: string; ErrorMessage: string } | undefined;
  close(): Promise<void>;
}

/**
 * Stands in for SQS, EventBridge and Firehose, of which nothing real runs without a container: knows the
 * calls that are made, with their content types, checks the signatures, and keeps what comes.
 */
export async function openAwsStandIn(): Promise<AwsStandIn> {
  const deliveries: Delivery[] = [];
  const answer = (request: Received) => {
    const target = String(request.headers['x-amz-target']);
    const known = CALLS[target];
    if (known === undefined || request.headers['content-type'] !== known.contentType) {
      return refusal(400, 'UnknownOperationException', target);
    }
    if (!isSigned(known.service, request)) {
      return refusal(403, 'InvalidSignatureException', 'wrong signature');
    }
    const input = JSON.parse(request.body.toString());
    const { reply } = known;
    deliveries.push({ target, input });
    return { status: 200, body: JSON.stringify(reply(input, standIn)) };
  };
  const receiver: Receiver = await openReceiver(answer);
  const standIn: AwsStandIn = {
    url: `http://${receiver.host}`,
    deliveries,
    entryError: undefined,
    close: () => receiver.close(),
  };
  return standIn;
}

interface Call {
  readonly service: string;
  readonly contentType: string;
  reply(input: Record<string, unknown>, standIn: AwsStandIn): object;
}

const CALLS: Readonly<Record<string, Call>> = {
  'AmazonSQS.GetQueueUrl': {
    service: 'sqs',
    contentType: 'application/x-amz-json-1.0',
    reply: ({ QueueName }) => ({ QueueUrl: `https://sqs.eu-west-1.amazonaws.com/123456789012/${QueueName}` }),
  },
  'AmazonSQS.SendMessage': {
    service: 'sqs',
    contentType: 'application/x-amz-json-1.0',
    reply: () => ({ MessageId: 'm' }),
  },
  'AWSEvents.PutEvents': {
    service: 'events',
    contentType: 'application/x-amz-json-1.1',
    reply: (_, { entryError }) =>
      entryError
        ? { FailedEntryCount: 1, Entries: [entryError] }
        : { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] },
  },
  'Firehose_20150804.PutRecord': {
    service: 'firehose',
    contentType: 'application/x-amz-json-1.1',
    reply: () => ({ RecordId: 'r' }),
  },
};

function refusal(status: number, code: string, message: string) {
  return { status, body: JSON.stringify({ __type: `com.amazonaws#${code}`, message }) };
}

/** Whether a request has the signature that aws4 makes for it. */
export function isSigned(service: string, { headers, body, path }: Received): boolean {
  const { authorization = '' } = headers;
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const signed = Object.fromEntries(names.split(';').map((name) => [name, String(headers[name])]));
  const expected = aws4.sign(
    { service, region: AWS_SETTINGS.region as string, method: 'POST', path, headers: signed, body },
    AWS_CREDENTIALS,
  );
  return expected.headers?.Authorization === authorization;
}
