import { openAwsClient, toEndpoint } from '../../clients/aws-client.ts';
import type { HttpAnswer } from '../../clients/connections.ts';
import { awsSettings } from '../../config.ts';
import { SeldonError } from '../../errors.ts';
import { compressBody } from '../../http/compression.ts';
import type { Instance } from '../../instance/instance.ts';
import { isRecord } from '../../objects.ts';
import { parseJson } from '../../parse-json.ts';
import { readFunctionTarget } from './function-target.ts';
import type { RemoteRequest } from './remote-unit.ts';

/** From here on, a body is compressed: quotes take one byte more in the event. */
const COMPRESS_BYTES = 4 * 1024 * 1024;
/** Lambda's limit for the payload of an invocation, and of one that nobody waits for. */
const MAX_EVENT_BYTES = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 } as const;

/** An invocation, its answer waited for or not; `DryRun` only checks that it would be allowed. */
export type InvocationType = 'RequestResponse' | 'Event' | 'DryRun';

/** One invocation. */
export interface Invoking {
  /** The path that decides which function of the target is meant. */
  readonly path: string;
  readonly type: InvocationType;
  readonly event: string;
  readonly timeoutMs: number;
  readonly isRepeatable: boolean;
  /** X-Ray's header, by which Lambda also finds functions that call each other for ever. */
  readonly trace?: string | undefined;
}

/** Invokes the functions of a target. */
export interface FunctionClient {
  /** The name or ARN of the function that answers a path. */
  functionOf(path: string): string;
  /**
   * Invokes a function.
   *
   * @throws NotCarriedOut when Lambda refuses it for now; CallFailure when it is not known what became of it;
   *   SeldonError when another try will not help.
   * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
   */
  invoke(invoking: Invoking): Promise<HttpAnswer>;
}

/**
 * Makes a client of a target; nothing is called yet.
 *
 * @param what - the name of its calls, for the log.
 */
export function openFunctionClient(
  what: string,
  target: string,
  { config }: Pick<Instance, 'config'>,
): FunctionClient {
  const { functionOf, qualifier, region: own } = readFunctionTarget(target);
  const settings = awsSettings(config);
  const region = own ?? settings.region;
  const override = config.AWS_ENDPOINT_URL_LAMBDA ?? config.AWS_ENDPOINT_URL;
  const endpoint = toEndpoint('lambda', region, override);
  const client = openAwsClient('lambda', endpoint, { ...settings, region });
  const query = qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`;
  return {
    functionOf,
    async invoke({ path, type, event, timeoutMs, isRepeatable, trace }) {
      const answer = await client.send({
        what,
        method: 'POST',
        endpoint,
        path: `/2015-03-31/functions/${encodeURIComponent(functionOf(path))}/invocations${query}`,
        headers: {
          'content-type': 'application/json',
          'x-amz-invocation-type': type,
          ...(trace !== undefined && { 'x-amzn-trace-id': trace }),
        },
        body: event,
        timeoutMs,
        isRepeatable,
      });
      const { status, headers, body } = answer;
      if (status < 200 || status > 299) {
        const { code, message } = refusalOf(headers, body);
        throw client.toError(what, status, code, message);
      }
      return answer;
    },
  };
}

/** The code and the message of an error of the Lambda service. */
function refusalOf(headers: HttpAnswer['headers'], body: Buffer): { code: string; message: string } {
  const json = parseJson(body.toString());
  const { Message, message } = isRecord(json) ? json : {};
  const code = String(headers['x-amzn-errortype'] ?? '').split(':')[0] as string;
  return { code, message: String(Message ?? message ?? '') };
}

/**
 * The event of an HTTP API, payload format 2.0.
 *
 * @throws SeldonError MICROSERVICE_PAYLOAD_TOO_LARGE naming the limit.
 */
export async function toEvent(
  { method, path, headers, body }: Pick<RemoteRequest, 'method' | 'path' | 'headers' | 'body'>,
  type: keyof typeof MAX_EVENT_BYTES,
): Promise<string> {
  const isLarge = body.length > COMPRESS_BYTES;
  const bytes = isLarge ? await compressBody(body) : body;
  const isText = typeof bytes === 'string';
  const event = {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: isLarge ? { ...headers, 'content-encoding': 'gzip' } : headers,
    requestContext: { http: { method, path, protocol: 'HTTP/1.1' }, stage: '$default', domainName: 'graph' },
    isBase64Encoded: !isText,
  };
  const text = isText ? JSON.stringify(bytes) : `"${Buffer.from(bytes).toString('base64')}"`;
  // Written by hand, so that a long body is not looked through twice.
  const json = `${JSON.stringify(event).slice(0, -1)},"body":${text}}`;
  const bytesOfEvent = Buffer.byteLength(json);
  const most = MAX_EVENT_BYTES[type];
  if (bytesOfEvent > most) {
    throw new SeldonError(
      'MICROSERVICE_PAYLOAD_TOO_LARGE',
      `the message for a unit takes ${bytesOfEvent} bytes; an invocation takes at most ${most}`,
    );
  }
  return json;
}
