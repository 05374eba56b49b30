import aws4 from 'aws4';
import { UserError } from '../bundle/user-error.ts';

/** A request to sign; names of headers in lower case. */
interface Unsigned {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signs requests with credentials of AWS, as an API that is closed by IAM asks for. */
export interface Signer {
  /** `execute-api` for API Gateway, `lambda` for the URL of a function. */
  readonly service: string;
  readonly region: string;
  readonly hasToken: boolean;
  /** The headers of a POST, with those of the signature. */
  sign(request: Unsigned): Record<string, string>;
  /** A text without the credentials: the refusal of a signature repeats what was signed. */
  withoutSecrets(text: string): string;
}

/** Hosts whose names have service and region. */
const AWS_HOST = /\.(execute-api|lambda-url)\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;

/**
 * A signer with the credentials of the usual environment variables. Service and region are those in the name
 * of the host; with another host, as that of a domain of your own, API Gateway in AWS_REGION.
 *
 * @throws UserError naming the variables that are not set.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function readSigner(url: string, environment: NodeJS.ProcessEnv): Signer {
  const [, host, hostRegion] = AWS_HOST.exec(new URL(url).hostname) ?? [];
  const service = host === 'lambda-url' ? 'lambda' : 'execute-api';
  const region = hostRegion || environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new UserError(
      '--sigv4: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; ' +
        'for a profile run: eval "$(aws configure export-credentials --format env)"',
    );
  }
  if (!region) {
    throw new UserError('--sigv4: set AWS_REGION, because the name of the host has no region in it');
  }
  const secrets = [AWS_SESSION_TOKEN, AWS_SECRET_ACCESS_KEY].filter((secret) => secret !== undefined);
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
  return {
    service,
    region,
    hasToken: Boolean(AWS_SESSION_TOKEN),
    sign: (request) => sign(request, { service, region }, credentials),
    withoutSecrets: (text) =>
      secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '***')), text),
  };
}

function sign(
  { url, headers, body }: Unsigned,
  scope: { service: string; region: string },
  credentials: aws4.Credentials,
): Record<string, string> {
  const { host, pathname, search } = new URL(url);
  const request = {
    ...scope,
    host,
    method: 'POST',
    path: `${pathname}${search}`,
    headers: { ...headers },
    body,
  };
  const signed = Object.entries(aws4.sign(request, credentials).headers ?? {});
  // fetch sets these two by itself, with the same values.
  const others = signed.filter(([name]) => !['host', 'content-length'].includes(name.toLowerCase()));
  return Object.fromEntries(others.map(([name, value]) => [name, String(value)]));
}
