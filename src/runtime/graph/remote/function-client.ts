import { toBase64 } from '../../base64.ts';
import { openAwsClient, toEndpoint } from '../../clients/aws-client.ts';
import type { HttpAnswer } from '../../clients/connections.ts';
import { awsSettings } from '../../config.ts';
import { SeldonError } from '../../errors.ts';
import { compressBody } from '../../http/compression.ts';
import type { Instance } from '../../instance/instance.ts';
import { isRecord } from '../../objects.ts';
import { parseJson } from '../../parse-json.ts';
import { readFunctionTarget } from './function-target.ts';
import type { RemoteRequest } from './transport.ts';

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
  /** Whether it would call the very function that it runs in, which would go on for ever. */
  readonly isItself: boolean;
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
  const { functionOf, qualifier, region: own, includes } = readFunctionTarget(target);
  const settings = awsSettings(config);
  const region = own ?? settings.region;
  const override = config.AWS_ENDPOINT_URL_LAMBDA ?? config.AWS_ENDPOINT_URL;
  const endpoint = toEndpoint('lambda', region, override);
  const client = openAwsClient('lambda', endpoint, { ...settings, region });
  const query = qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`;
  return {
    isItself: includes(config.AWS_LAMBDA_FUNCTION_NAME, settings.region),
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

/** A request to a unit, without its time. */
type Sent = Pick<RemoteRequest, 'method' | 'path' | 'headers' | 'body'> & {
  /** URL-encoded, without the question mark; default: none. */
  readonly query?: string;
};

/**
 * The event of an HTTP API, payload format 2.0. A body that does not fit otherwise is compressed.
 *
 * @throws SeldonError MICROSERVICE_PAYLOAD_TOO_LARGE naming the limit.
 */
export async function toEvent(sent: Sent, type: keyof typeof MAX_EVENT_BYTES): Promise<string> {
  const most = MAX_EVENT_BYTES[type];
  const plain = sent.body.length > most ? undefined : eventOf(sent);
  if (plain !== undefined && Buffer.byteLength(plain) <= most) {
    return plain;
  }
  const isCompressed = /\S/.test(sent.headers['content-encoding'] ?? '');
  const body = isCompressed ? sent.body : await compressBody(sent.body);
  const headers = isCompressed ? sent.headers : { ...sent.headers, 'content-encoding': 'gzip' };
  const event = eventOf({ ...sent, body, headers });
  if (event.length > most) {
    throw new SeldonError(
      'MICROSERVICE_PAYLOAD_TOO_LARGE',
      `the message for a unit takes ${event.length} bytes, compressed; an invocation takes at most ${most}`,
    );
  }
  return event;
}

function eventOf({ method, path, query = '', headers, body }: Sent): string {
  const isText = typeof body === 'string';
  const event = {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: query,
    headers,
    requestContext: { http: { method, path, protocol: 'HTTP/1.1' }, stage: '$default', domainName: 'graph' },
    isBase64Encoded: !isText,
  };
  const text = isText ? JSON.stringify(body) : `"${toBase64(body)}"`;
  // Written by hand, so that a long body is not looked through twice.
  return `${JSON.stringify(event).slice(0, -1)},"body":${text}}`;
}
