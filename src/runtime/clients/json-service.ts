import { monotonicMs } from '../clock.ts';
import { type AwsService, openAwsClient, toEndpoint } from './aws-client.ts';
import type { AwsSettings } from './aws-settings.ts';

/** A service of AWS that takes JSON, with the operation in a header. */
export interface JsonService {
  /** The service's name in signatures and in its host name. */
  readonly service: AwsService;
  /** The first part of `X-Amz-Target`. */
  readonly target: string;
  readonly contentType: string;
}

/** SQS, EventBridge, Firehose, as their JSON protocols say. */
export const SQS: JsonService = {
  service: 'sqs',
  target: 'AmazonSQS',
  contentType: 'application/x-amz-json-1.0',
};
export const EVENTBRIDGE: JsonService = {
  service: 'events',
  target: 'AWSEvents',
  contentType: 'application/x-amz-json-1.1',
};
export const FIREHOSE: JsonService = {
  service: 'firehose',
  target: 'Firehose_20150804',
  contentType: 'application/x-amz-json-1.1',
};

/**
 * Calls an operation, and answers its output.
 *
 * @throws the errors of `AwsClient.send` and `AwsClient.toError`.
 */
export type CallService = <T extends object>(
  operation: string,
  input: object,
  timeoutMs: number,
) => Promise<T>;

/**
 * Opens a service; no connection is made yet.
 *
 * @param name - of the queue, bus or stream, for errors.
 * @param override - the endpoint of an emulator; undefined: that of AWS.
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the region or the credentials are missing.
 */
export function openJsonService(
  { service, target, contentType }: JsonService,
  name: string,
  settings: AwsSettings,
  override: string | undefined,
): CallService {
  const endpoint = toEndpoint(service, settings.region, override);
  const client = openAwsClient(service, endpoint, settings);
  return async <T extends object>(operation: string, input: object, timeoutMs: number) => {
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
      // The shape of an operation's output is what AWS documents.
      return answer as T;
    }
    const { __type = '', message, Message = '' } = answer;
    throw client.toError(what, status, __type.replace(/^.*#/, ''), message ?? Message);
  };
}

/** Finds the URL of a queue once, in the time of the call that needs it. */
export function openQueue(name: string, call: CallService) {
  let queueUrl: string | undefined;
  return async <T extends object>(operation: string, input: object, timeoutMs: number): Promise<T> => {
    const endAt = monotonicMs() + timeoutMs;
    queueUrl ??= (await call<{ QueueUrl?: string }>('GetQueueUrl', { QueueName: name }, timeoutMs)).QueueUrl;
    return call<T>(operation, { QueueUrl: queueUrl, ...input }, endAt - monotonicMs());
  };
}

interface ErrorAnswer {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

/** Reads an answer. One that is not JSON, such as a gateway's page, counts as empty. */
function readAnswer(body: Buffer): ErrorAnswer {
  try {
    return JSON.parse(body.toString()) as ErrorAnswer;
  } catch {
    return {};
  }
}
