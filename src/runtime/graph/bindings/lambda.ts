import { CallFailure } from '../../call-failure.ts';
import { openAwsClient, toEndpoint } from '../../clients/aws-client.ts';
import type { HttpAnswer } from '../../clients/connections.ts';
import { awsSettings } from '../../config.ts';
import { SeldonError } from '../../errors.ts';
import { graphError } from '../../graph-error.ts';
import { compressBody } from '../../http/compression.ts';
import { isRecord } from '../../objects.ts';
import { parseJson } from '../../parse-json.ts';
import type { BindingHost, BoundUnit } from '../bound-unit.ts';
import type { UnitPlan } from '../plan.ts';
import { type FunctionTarget, readFunctionTarget } from './function-target.ts';
import { type RemoteAnswer, type RemoteRequest, remoteUnit, type Transport } from './remote.ts';

/** From here on, a body is compressed: quotes take one byte more in the event. */
const COMPRESS_BYTES = 4 * 1024 * 1024;
/** Lambda's limit for the payload of an invocation. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
/** EventBridge's event of a schedule: the functions of this package load their model at it. */
const WARM_UP = JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });

type InvocationType = 'RequestResponse' | 'Event' | 'DryRun';

/**
 * Opens a unit that is a Lambda function, or several. They get the event of an HTTP API, so that status, headers and the body of
 * an error come back as they are.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function openFunction(name: string, plan: UnitPlan, host: BindingHost): BoundUnit {
  const { config } = host.instance;
  const target = readFunctionTarget(plan.target);
  refuseItself(name, target, config.AWS_LAMBDA_FUNCTION_NAME);
  const settings = awsSettings(config);
  const region = target.region ?? settings.region;
  const override = config.AWS_ENDPOINT_URL_LAMBDA ?? config.AWS_ENDPOINT_URL;
  const endpoint = toEndpoint('lambda', region, override);
  const client = openAwsClient('lambda', endpoint, { ...settings, region });

  async function invoke(
    path: string,
    type: InvocationType,
    call: { body: string; timeoutMs: number; isRepeatable: boolean; headers?: Record<string, string> },
  ): Promise<HttpAnswer> {
    const what = `invocation of unit ${name}`;
    const qualifier =
      target.qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(target.qualifier)}`;
    const answer = await client.send({
      what,
      method: 'POST',
      endpoint,
      path: `/2015-03-31/functions/${encodeURIComponent(target.functionOf(path))}/invocations${qualifier}`,
      ...call,
      headers: { ...call.headers, 'content-type': 'application/json', 'x-amz-invocation-type': type },
    });
    const { status, headers, body } = answer;
    if (status < 200 || status > 299) {
      const { code, message } = refusalOf(headers, body);
      throw client.toError(what, status, code, message);
    }
    return answer;
  }

  const transport: Transport = {
    async send(request) {
      const { path, timeoutMs, isRepeatable, headers } = request;
      const trace = headers['x-amzn-trace-id'];
      const body = await toEvent(request);
      const sent = {
        body,
        timeoutMs,
        isRepeatable,
        ...(trace && { headers: { 'x-amzn-trace-id': trace } }),
      };
      return readResult(await invoke(path, 'RequestResponse', sent));
    },
    async check(timeoutMs) {
      await invoke('/predict', 'DryRun', { body: '', timeoutMs, isRepeatable: true });
    },
    async warm() {
      await invoke('/predict', 'Event', { body: WARM_UP, timeoutMs: 2_000, isRepeatable: true });
    },
  };
  return remoteUnit('lambda', { name, plan, host }, transport);
}

/** A function that calls itself would do so for ever. */
function refuseItself(name: string, { functionOf }: FunctionTarget, own: string | undefined): void {
  if (own !== undefined && functionOf('/predict') === own) {
    throw graphError('GRAPH_BAD', `unit ${name} is bound to the function of the graph itself`);
  }
}

/** The code and the message of an error of the Lambda service. */
function refusalOf(headers: HttpAnswer['headers'], body: Buffer): { code: string; message: string } {
  const json = parseJson(body.toString());
  const { Message, message } = isRecord(json) ? json : {};
  const code = String(headers['x-amzn-errortype'] ?? '').split(':')[0] as string;
  return { code, message: String(Message ?? message ?? '') };
}

/** The event of an HTTP API, payload format 2.0. */
async function toEvent({ method, path, headers, body }: RemoteRequest): Promise<string> {
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
  if (Buffer.byteLength(json) > MAX_EVENT_BYTES) {
    throw new SeldonError(
      'MICROSERVICE_PAYLOAD_TOO_LARGE',
      `the message for a unit takes ${Buffer.byteLength(json)} bytes; an invocation takes at most ${MAX_EVENT_BYTES}`,
    );
  }
  return json;
}

/** Reads the result of a function as API Gateway does. */
function readResult({ headers, body }: HttpAnswer): RemoteAnswer {
  const text = body.toString();
  const result = parseJson(text);
  if (headers['x-amz-function-error'] !== undefined) {
    const type = isRecord(result) ? String(result.errorType ?? 'unknown').slice(0, 100) : 'unknown';
    if (
      type === 'Sandbox.Timedout' ||
      (isRecord(result) && /Task timed out/.test(String(result.errorMessage)))
    ) {
      throw new CallFailure('the function timed out', 'no answer');
    }
    throw graphError('GRAPH_NODE_FAILED', `the function of the unit failed: ${type}`);
  }
  if (result === undefined) {
    throw graphError('GRAPH_BAD_ANSWER', 'the result of the function of the unit is not JSON');
  }
  if (!isRecord(result) || result.statusCode === undefined) {
    return { status: 200, headers: {}, body: text };
  }
  const { statusCode, headers: own, body: answered = '', isBase64Encoded } = result;
  if (!Number.isInteger(statusCode) || typeof answered !== 'string') {
    throw graphError('GRAPH_BAD_ANSWER', 'the result of the function of the unit is not an HTTP response');
  }
  return {
    status: statusCode as number,
    headers: isRecord(own) ? lowered(own) : {},
    body: isBase64Encoded === true ? Buffer.from(answered, 'base64') : answered,
  };
}

function lowered(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
