/** Keys of AWS. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only temporary keys have one. */
  readonly sessionToken?: string | undefined;
  readonly region: string;
}

/** The parts of a request that are signed. */
export interface Signed {
  readonly method: string;
  /** Without a query. */
  readonly url: URL;
  readonly body?: string | undefined;
}

const SERVICE = 'execute-api';
const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The headers that sign a request to API Gateway. They are valid for five minutes around `now`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signatureOf(
  { method, url, body = '' }: Signed,
  { accessKeyId, secretAccessKey, sessionToken, region }: AwsKeys,
  now: Date,
): Promise<Record<string, string>> {
  const date = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const own = { 'x-amz-date': date, ...(sessionToken && { 'x-amz-security-token': sessionToken }) };
  const headers = Object.entries({ host: url.host, ...own });
  const names = headers.map(([name]) => name).join(';');
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const request = [method, twiceEncoded(url.pathname), '', lines, names, await sha256(body)].join('\n');
  const day = date.slice(0, 8);
  const scope = [day, region, SERVICE, 'aws4_request'].join('/');
  let key = utf8(`AWS4${secretAccessKey}`);
  for (const part of [day, region, SERVICE, 'aws4_request']) {
    key = await hmac(key, part);
  }
  const signature = toHex(await hmac(key, [ALGORITHM, date, scope, await sha256(request)].join('\n')));
  const credential = `Credential=${accessKeyId}/${scope}`;
  return {
    ...own,
    authorization: `${ALGORITHM} ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** The path of a URL is encoded already; except for S3, what is signed is encoded once more. */
function twiceEncoded(path: string): string {
  const encode = (segment: string) =>
    encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return path.split('/').map(encode).join('/');
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const { subtle } = crypto;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await subtle.importKey('raw', key, algorithm, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', imported, utf8(text)));
}

async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))));
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
