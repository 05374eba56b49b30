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
  /** The texts that calls of several have brought, one for each that was not refused. */
  readonly answers: string[];
  /** The answer of PutEvents for an entry; default: accepted. */
  entryError: { ErrorCode: string; ErrorMessage: string } | undefined;
  /** Whether a call of several refuses one of its texts; default: none. */
  refuses: (text: string) => boolean;
  /** The answer to a whole call, in place of the right one; default: the right one. */
  trouble: (target: string) => { status: number; code: string } | undefined;
  close(): Promise<void>;
}

/**
 * Stands in for SQS, EventBridge and Firehose, of which nothing real runs without a container: knows the
 * calls that are made, with their content types, checks the signatures, and keeps what comes.
 */
export async function openAwsStandIn(): Promise<AwsStandIn> {
  const deliveries: Delivery[] = [];
  const answers: string[] = [];
  const answer = (request: Received) => {
    const target = String(request.headers['x-amz-target']);
    const known = CALLS[target];
    if (known === undefined || request.headers['content-type'] !== known.contentType) {
      return refusal(400, 'UnknownOperationException', target);
    }
    if (!isSigned(known.service, request)) {
      return refusal(403, 'InvalidSignatureException', 'wrong signature');
    }
    const trouble = standIn.trouble(target);
    if (trouble !== undefined) {
      return refusal(trouble.status, trouble.code, 'as the test wants it');
    }
    const input = JSON.parse(request.body.toString());
    const { reply } = known;
    deliveries.push({ target, input });
    for (const text of Object.values(known.texts?.(input) ?? {})) {
      if (!standIn.refuses(text)) {
        answers.push(text);
      }
    }
    return { status: 200, body: JSON.stringify(reply(input, standIn)) };
  };
  const receiver: Receiver = await openReceiver(answer);
  const standIn: AwsStandIn = {
    url: `http://${receiver.host}`,
    deliveries,
    answers,
    entryError: undefined,
    refuses: () => false,
    trouble: () => undefined,
    close: () => receiver.close(),
  };
  return standIn;
}

interface Call {
  readonly service: string;
  readonly contentType: string;
  reply(input: Record<string, unknown>, standIn: AwsStandIn): object;
  /** The texts of a call that brings several. */
  texts?(input: Record<string, unknown>): string[];
}

const REFUSED = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'as the test wants it' };

const messagesOf = ({ Entries }: Record<string, unknown>) => Entries as { Id: string; MessageBody: string }[];
const recordsOf = ({ Records }: Record<string, unknown>) =>
  (Records as { Data: string }[]).map(({ Data }) => Buffer.from(Data, 'base64').toString());

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
  'AmazonSQS.SendMessageBatch': {
    service: 'sqs',
    contentType: 'application/x-amz-json-1.0',
    reply: (input, { refuses }) => ({
      Successful: messagesOf(input).flatMap(({ Id, MessageBody }) => (refuses(MessageBody) ? [] : [{ Id }])),
      Failed: messagesOf(input).flatMap(({ Id, MessageBody }) =>
        refuses(MessageBody) ? [{ Id, Code: 'InternalError', SenderFault: false }] : [],
      ),
    }),
    texts: (input) => messagesOf(input).map(({ MessageBody }) => MessageBody),
  },
  'AWSEvents.PutEvents': {
    service: 'events',
    contentType: 'application/x-amz-json-1.1',
    reply: ({ Entries }, { entryError, refuses }) => {
      const entries = (Entries as { Detail: string }[]).map(({ Detail }) =>
        refuses(Detail) ? REFUSED : (entryError ?? { EventId: 'e' }),
      );
      return { FailedEntryCount: entries.filter((entry) => 'ErrorCode' in entry).length, Entries: entries };
    },
    texts: ({ Entries }) => (Entries as { Detail: string }[]).map(({ Detail }) => Detail),
  },
  'Firehose_20150804.PutRecordBatch': {
    service: 'firehose',
    contentType: 'application/x-amz-json-1.1',
    reply: (input, { refuses }) => {
      const responses = recordsOf(input).map((text) => (refuses(text) ? REFUSED : { RecordId: 'r' }));
      return {
        FailedPutCount: responses.filter((each) => 'ErrorCode' in each).length,
        RequestResponses: responses,
      };
    },
    texts: recordsOf,
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
