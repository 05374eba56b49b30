import aws4 from 'aws4';
import { CallFailure, configurationError, NotCarriedOut } from '../call-failure.ts';
import { monotonicMs } from '../clock.ts';
import { SeldonError } from '../errors.ts';
import { withoutCredentials } from '../redact.ts';
import type { AwsSettings } from './aws-settings.ts';
import { type HttpAnswer, type HttpCall, openConnections } from './connections.ts';

/**
 * Codes of refusals for now, besides HTTP 429: the call was not carried out.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const REFUSED =
  /Throttl|LimitExceeded|ThroughputExceeded|TooManyRequests|SlowDown|PriorRequestNotComplete|Conflict/;
/** Codes and statuses of failures that may pass, besides 5xx: the call may have been carried out. */
const PASSING = /RequestTimeout|InProgress|OperationAborted|IncompleteBody|BadDigest/;
const PASSING_STATUSES = [408, 409, 425];

/** Refusals of a signature for its time. */
const LATE = /Signature (expired|not yet current)|RequestTimeTooSkewed|RequestExpired|RequestInTheFuture/;
/** A smaller difference of the clocks is left to the service's tolerance. */
const MAX_SKEW_MS = 60_000;

/** Services, by their names in a signature. */
export type AwsService =
  | 'dynamodb'
  | 's3'
  | 'sqs'
  | 'events'
  | 'firehose'
  | 'lambda'
  | 'execute-api'
  | 'states'
  | 'cloudformation';

/** Signed calls to one service. */
export interface AwsClient {
  /**
   * Signs and sends a call, as `Connections.send`; an answer of any status is returned. A call whose
   * signature came too late, because the instance was frozen or its clock is wrong, is signed and sent again,
   * once.
   *
   * @param region - default: that of the settings.
   */
  send(call: HttpCall, region?: string | undefined): Promise<HttpAnswer>;
  /**
   * The error for an answer that is not the expected one: a SeldonError when the configuration is wrong and
   * another try will not help, NotCarriedOut for a refusal that may pass, and CallFailure when it is not
   * known what became of the call.
   *
   * @param code - AWS's code of the error; empty when the answer has none, as one of a proxy.
   */
  toError(what: string, status: number, code: string, message: string): Error;
  close(): void;
}

/**
 * A client for `service`; no connection is made yet.
 *
 * Uses aws4 and node's https, not the SDK: 15 kB instead of 500, and the first answer comes before the SDK
 * would have been loaded.
 *
 * @param endpoint - any endpoint of the service; only its protocol matters.
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when region or credentials are missing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function openAwsClient(
  service: AwsService,
  endpoint: URL,
  { region: ownRegion, credentials }: AwsSettings,
): AwsClient {
  if (!ownRegion) {
    throw badParameter(`${service} needs a region: set AWS_REGION`);
  }
  if (!credentials?.accessKeyId || !credentials.secretAccessKey) {
    const names = 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
    throw badParameter(`${service} needs credentials: set ${names}`);
  }
  const connections = openConnections(endpoint.protocol);
  /** Milliseconds by which the clock of this machine is behind that of the service. */
  let skewMs = 0;

  function signAndSend(call: HttpCall, region: string): Promise<HttpAnswer> {
    const { method, path } = call;
    // aws4 hands the body to node:crypto, which takes any bytes.
    const body = call.body as Buffer | string | undefined;
    const length = Buffer.byteLength(body ?? '');
    const headers = { ...call.headers, host: call.endpoint.host, 'content-length': length };
    const date = skewMs === 0 ? {} : { date: new Date(Date.now() + skewMs).toUTCString() };
    const request = { service, region, method, path, headers: { ...headers, ...date }, body };
    return connections.send({ ...call, headers: aws4.sign(request, credentials).headers });
  }

  return {
    async send(call, region = ownRegion) {
      const endAt = monotonicMs() + call.timeoutMs;
      const answer = await signAndSend(call, region);
      if (!isLate(answer)) {
        return answer;
      }
      skewMs = skewOf(answer);
      return signAndSend({ ...call, timeoutMs: endAt - monotonicMs() }, region);
    },
    toError(what, status, code, message) {
      // From its second line on, the refusal of a signature repeats the signed text, with the session token.
      const [line = ''] = message.split('\n');
      const secrets = Object.values(credentials).filter((secret) => secret !== '');
      const text = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), `${code}: ${line}`);
      const [info, summary] = [`${what}: HTTP ${status} ${text}`, `HTTP ${status} ${code}`.trim()];
      if (status === 429 || REFUSED.test(code) || LATE.test(text)) {
        return new NotCarriedOut(info, summary);
      }
      const failure = new CallFailure(info, summary);
      return isPassing(status, code) ? failure : configurationError(failure);
    },
    close: () => connections.close(),
  };
}

/**
 * Whether the signature was refused because of its time: DynamoDB takes five minutes, and S3 fifteen. Nothing
 * was carried out.
 */
function isLate({ status, body }: HttpAnswer): boolean {
  return (status === 400 || status === 403) && LATE.test(body.toString('utf8', 0, 2000));
}

/** The difference of the clocks, by the answer's own date; 0 when it is too small to matter. */
function skewOf({ headers: { date } }: HttpAnswer): number {
  const ms = Date.parse(date ?? '') - Date.now();
  return Math.abs(ms) > MAX_SKEW_MS ? ms : 0;
}

/** An answer of 2xx was not understood; without a code, an error may be that of a proxy. */
function isPassing(status: number, code: string): boolean {
  return (
    status >= 500 || status < 300 || code === '' || PASSING_STATUSES.includes(status) || PASSING.test(code)
  );
}

/** A mistake in the configuration. */
export function badParameter(info: string): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', info);
}

/**
 * The endpoint of a service: `override`, or else `host` in the region.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when `override` is not a URL of http or https.
 * @see https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
export function toEndpoint(host: string, region: string | undefined, override: string | undefined): URL {
  const suffix = region?.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const text = override ?? `https://${host}.${region}.${suffix}`;
  if (/^https?:/.test(text) && URL.canParse(text)) {
    return new URL(text);
  }
  const expected = 'expected an http:// or https:// URL';
  throw configurationError(
    new CallFailure(`AWS endpoint ${withoutCredentials(text)}: ${expected}`, `AWS_ENDPOINT_URL: ${expected}`),
  );
}
