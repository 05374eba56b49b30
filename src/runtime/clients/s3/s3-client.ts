import { monotonicMs } from '../../clock.ts';
import { type AwsClient, openAwsClient, toEndpoint } from '../aws-client.ts';
import type { S3Settings } from '../aws-settings.ts';
import type { HttpAnswer, HttpCall } from '../connections.ts';

/** Bucket and key of an object. */
export interface Location {
  readonly bucket: string;
  readonly key: string;
}

/** Signed calls to S3, by bucket and key. */
export interface S3Client extends Pick<AwsClient, 'toError' | 'close'> {
  /**
   * Sends a call, as `Connections.send`. When S3 says that the bucket is in another region, the call is sent
   * there, and so is every later one.
   *
   * @param query - begins with `?`; default: none.
   */
  send(
    location: Location,
    call: Omit<HttpCall, 'endpoint' | 'path'>,
    query?: string | undefined,
  ): Promise<HttpAnswer>;
}

/** Statuses of an answer by another region than the bucket's: it did not carry out the call. */
const ELSEWHERE = [301, 302, 307, 400, 403];

/**
 * A client for S3; no connection is made yet.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the region or the credentials are missing.
 */
export function openS3Client(settings: S3Settings): S3Client {
  const client = openAwsClient('s3', toEndpoint('s3', settings.region, settings.s3Endpoint), settings);
  const regions = new Map<string, string>();
  return {
    async send(location, call, query = '') {
      const endAt = monotonicMs() + call.timeoutMs;
      const region = regions.get(location.bucket) ?? settings.region;
      const sendTo = (region: string | undefined, timeoutMs: number) => {
        const { endpoint, path } = toAddress(location, { ...settings, region });
        return client.send({ ...call, endpoint, path: `${path}${query}`, timeoutMs }, region);
      };
      const answer = await sendTo(region, call.timeoutMs);
      const home = homeOf(answer);
      if (home === undefined || home === region) {
        return answer;
      }
      regions.set(location.bucket, home);
      return sendTo(home, endAt - monotonicMs());
    },
    toError: client.toError,
    close: client.close,
  };
}

/**
 * The host and path to call: `https://bucket.s3.region.amazonaws.com/key`; the bucket is in the path for a
 * custom endpoint, and when its name has dots, which no certificate of S3 covers.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function toAddress(
  { bucket, key }: Location,
  { region, s3Endpoint }: Pick<S3Settings, 'region' | 's3Endpoint'>,
): { endpoint: URL; path: string } {
  const isInPath = s3Endpoint !== undefined || bucket.includes('.');
  const endpoint = toEndpoint(isInPath ? 's3' : `${bucket}.s3`, region, s3Endpoint);
  const base = endpoint.pathname.replace(/\/$/, '');
  return { endpoint, path: `${base}${isInPath ? `/${bucket}` : ''}/${encodeKey(key)}` };
}

/**
 * Percent-encodes a key as a signature needs it: all but letters, digits, `-._~` and the slash, in upper-case
 * hex.
 */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
}

/**
 * The bucket's region, if an answer says that it is another one.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
 */
function homeOf({ status, headers, body }: HttpAnswer): string | undefined {
  if (!ELSEWHERE.includes(status)) {
    return undefined;
  }
  const named = headers['x-amz-bucket-region'] ?? readError(body).region;
  // It becomes a part of the host's name.
  return typeof named === 'string' && /^[a-z]{2}[a-z0-9-]{3,30}$/.test(named) ? named : undefined;
}

/** Parts of an error of S3; empty when they are not there. */
export function readError(body: Buffer): { code: string; message: string; region: string } {
  const text = body.toString();
  const read = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(text)?.[1] ?? '';
  return { code: read('Code'), message: read('Message'), region: read('Region') };
}
