import { utf8 } from './utf8.ts';

/** Keys of AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only temporary keys have one. */
  readonly sessionToken?: string | undefined;
}

/** The service and the region that a signature is for. */
export interface SigningScope {
  /** `execute-api` for API Gateway, `lambda` for the URL of a function. */
  readonly service: string;
  readonly region: string;
}

/** The parts of a request that are signed. */
export interface Signed {
  readonly method: string;
  readonly url: URL;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The headers that sign a request to AWS. They are valid for five minutes around `now`; other headers are not
 * signed. A page has what this needs, `crypto.subtle`, only if it came by https or from this machine.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signatureOf(
  { method, url, body = '' }: Signed,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  { service, region }: SigningScope,
  now = new Date(),
): Promise<Record<string, string>> {
  const date = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const own = { 'x-amz-date': date, ...(sessionToken && { 'x-amz-security-token': sessionToken }) };
  const headers = Object.entries({ host: url.host, ...own });
  const names = headers.map(([name]) => name).join(';');
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const path = url.pathname
    .replace(/\/{2,}/g, '/')
    .split('/')
    .map(encode)
    .join('/');
  const request = [method, path, queryOf(url), lines, names, await sha256(body)].join('\n');
  const scope = [date.slice(0, 8), region, service, 'aws4_request'];
  let key = utf8(`AWS4${secretAccessKey}`);
  for (const part of scope) {
    key = await hmac(key, part);
  }
  const signature = toHex(
    await hmac(key, [ALGORITHM, date, scope.join('/'), await sha256(request)].join('\n')),
  );
  const credential = `Credential=${accessKeyId}/${scope.join('/')}`;
  return {
    ...own,
    authorization: `${ALGORITHM} ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/**
 * By name, then by value. Sorted with a space in between, which comes before all characters that are left.
 */
function queryOf({ searchParams }: URL): string {
  const pairs = [...searchParams].map(([name, value]) => `${encode(name)} ${encode(value)}`);
  return pairs.sort().join('&').replaceAll(' ', '=');
}

/** The path of a URL is encoded already; except for S3, what is signed is encoded once more. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const { subtle } = crypto;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await subtle.importKey('raw', key, algorithm, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', imported, utf8(text)));
}

async function sha256(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === 'string' ? utf8(content) : content;
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
