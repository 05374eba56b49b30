import { isSigned } from '../sinks/aws-stand-in.ts';
import { AWS_CREDENTIALS, AWS_SETTINGS } from '../stores/aws-settings.ts';
import type { Node, NodeAnswer } from './nodes.ts';
import { openServer } from './nodes.ts';

/** An invocation that arrived. */
export interface Invocation {
  readonly name: string;
  readonly qualifier: string | undefined;
  readonly type: string;
  readonly event: Record<string, unknown> | undefined;
}

/** The answer of Lambda's service itself, in the place of a function's. */
export interface ServiceAnswer {
  readonly status: number;
  readonly code?: string;
  readonly functionError?: string;
  readonly body?: string;
}

/** Stands in for Lambda's Invoke API, of which nothing real runs without containers. */
export interface InvokeApi {
  readonly url: string;
  /** Environment variables for who calls it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly invocations: Invocation[];
}

const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * Opens the API. It checks signatures, types of invocation and the form of events, and hands the events to
 * functions.
 *
 * @param functions - by name; without one, the service answers ResourceNotFoundException.
 * @param service - answers in the place of a function; undefined: it does not.
 */
export async function openInvokeApi(
  functions: (name: string) => Node | undefined,
  service: (
    invocation: Invocation,
    index: number,
  ) => ServiceAnswer | undefined | Promise<ServiceAnswer | undefined> = () => undefined,
): Promise<InvokeApi> {
  const invocations: Invocation[] = [];
  const url = await openServer(async ({ headers, url: path = '', method }, body): Promise<NodeAnswer> => {
    const [, encoded, qualifier] =
      /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?Qualifier=(.*))?$/.exec(path) ?? [];
    if (method !== 'POST' || encoded === undefined) {
      return refusal(404, 'UnknownOperationException');
    }
    if (!isSigned('lambda', { headers, body, path })) {
      return refusal(403, 'InvalidSignatureException');
    }
    const name = decodeURIComponent(encoded);
    const type = String(headers['x-amz-invocation-type']);
    const event = body.length === 0 ? undefined : JSON.parse(body.toString());
    const invocation = { name, qualifier: qualifier && decodeURIComponent(qualifier), type, event };
    invocations.push(invocation);
    const own = await service(invocation, invocations.length - 1);
    if (own !== undefined) {
      return own.code === undefined
        ? {
            status: own.status,
            headers: {
              ...JSON_TYPE,
              ...(own.functionError && { 'x-amz-function-error': own.functionError }),
            },
            body: own.body ?? '',
          }
        : refusal(own.status, own.code);
    }
    const node = functions(name);
    if (node === undefined) {
      return refusal(404, 'ResourceNotFoundException');
    }
    if (type === 'DryRun') {
      return { status: 204, headers: {}, body: '' };
    }
    if (type === 'Event') {
      return { status: 202, headers: {}, body: '' };
    }
    return invoke(node, event);
  });
  return {
    url,
    invocations,
    environment: {
      AWS_REGION: AWS_SETTINGS.region as string,
      AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_LAMBDA: url,
    },
  };
}

async function invoke(node: Node, event: Record<string, unknown>): Promise<NodeAnswer> {
  const {
    requestContext,
    headers,
    body = '',
    isBase64Encoded,
  } = event as {
    requestContext: { http: { method: string; path: string } };
    headers: Record<string, string>;
    body?: string;
    isBase64Encoded: boolean;
  };
  const answer = await node({
    ...requestContext.http,
    headers,
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  });
  if (answer === 'hang up') {
    return answer;
  }
  const isText = typeof answer.body === 'string';
  const result = {
    statusCode: answer.status,
    headers: answer.headers,
    body: isText ? answer.body : Buffer.from(answer.body).toString('base64'),
    isBase64Encoded: !isText,
  };
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(result) };
}

function refusal(status: number, code: string): NodeAnswer {
  return {
    status,
    headers: { ...JSON_TYPE, 'x-amzn-errortype': code },
    body: JSON.stringify({ Type: 'User', message: `${code} of arn:aws:lambda:eu-west-1:123456789012` }),
  };
}
