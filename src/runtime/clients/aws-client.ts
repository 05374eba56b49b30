import aws4 from 'aws4';
import { SeldonError } from '../errors.ts';
import { withoutCredentials } from '../redact.ts';
import type { AwsSettings } from './aws-settings.ts';
import { type HttpAnswer, type HttpCall, openConnections } from './connections.ts';

/** Codes of refusals that may pass, besides HTTP 429 and 5xx. */
const PASSING = /Throttl|LimitExceeded|ThroughputExceeded|RequestTimeout|Conflict/;

/** Services, by their names in a signature. */
export type AwsService = 'dynamodb' | 's3' | 'sqs' | 'events' | 'firehose';

/** Signed calls to one service. */
export interface AwsClient {
  /** Signs and sends a call, as `Connections.send`; an answer of any status is returned. */
  send(call: HttpCall): Promise<HttpAnswer>;
  /**
   * The error for a refusal: a SeldonError when the configuration is wrong and another try will not help.
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
  { region, credentials }: AwsSettings,
): AwsClient {
  if (!region) {
    throw badParameter(`${service} needs a region: set AWS_REGION`);
  }
  if (!credentials?.accessKeyId || !credentials.secretAccessKey) {
    const names = 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
    throw badParameter(`${service} needs credentials: set ${names}`);
  }
  const connections = openConnections(endpoint.protocol);
  return {
    send(call) {
      const { method, path } = call;
      // aws4 hands the body to node:crypto, which takes any bytes.
      const body = call.body as Buffer | string | undefined;
      const length = Buffer.byteLength(body ?? '');
      const headers = { ...call.headers, host: call.endpoint.host, 'content-length': length };
      const signed = aws4.sign({ service, region, method, path, headers, body }, credentials);
      return connections.send({ ...call, headers: signed.headers });
    },
    toError(what, status, code, message) {
      // From its second line on, the refusal of a signature repeats the signed text, with the session token.
      const [line = ''] = message.split('\n');
      const secrets = Object.values(credentials).filter((secret) => secret !== '');
      const text = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), `${code}: ${line}`);
      const info = `${what}: HTTP ${status} ${text}`;
      const isPassing = status >= 500 || status === 429 || PASSING.test(code);
      return isPassing ? new Error(info) : badParameter(info);
    },
    close: () => connections.close(),
  };
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
  throw badParameter(`AWS endpoint ${withoutCredentials(text)}: expected an http:// or https:// URL`);
}
