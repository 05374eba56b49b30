import { UserError } from '../bundle/user-error.ts';
import { scopeOf } from '../client/aws-host.ts';
import { withoutSecrets } from '../client/secrets.ts';
import { type AwsCredentials, type Signed, type SigningScope, signatureOf } from '../client/sigv4.ts';

/** Signs requests with credentials of AWS, as an API that is closed by IAM asks for. */
export interface Signer extends SigningScope {
  readonly hasToken: boolean;
  /** The headers of the signature. */
  sign(request: Signed): Promise<Record<string, string>>;
  /** A text without the credentials: the refusal of a signature repeats what was signed. */
  withoutSecrets(text: string): string;
}

/** The credentials of this machine, and what they sign for. */
export interface AwsAccess extends SigningScope {
  readonly credentials: AwsCredentials;
}

/**
 * The credentials of the usual environment variables. Service and region are those in the name of the host;
 * with another host, as that of a domain of your own, API Gateway in AWS_REGION.
 *
 * @throws UserError naming the variables that are not set.
 */
export function readAwsAccess(url: string, environment: NodeJS.ProcessEnv): AwsAccess {
  const { service, region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION } = scopeOf(
    new URL(url).hostname,
  );
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN = '' } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new UserError(
      '--sigv4: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; ' +
        'for a profile run: eval "$(aws configure export-credentials --format env)"',
    );
  }
  if (!region) {
    throw new UserError('--sigv4: set AWS_REGION, because the name of the host has no region in it');
  }
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
  return { service, region, credentials };
}

/**
 * A signer with {@link readAwsAccess}.
 *
 * @throws UserError naming the variables that are not set.
 */
export function readSigner(url: string, environment: NodeJS.ProcessEnv): Signer {
  const { service, region, credentials } = readAwsAccess(url, environment);
  const { secretAccessKey, sessionToken = '' } = credentials;
  const scope = { service, region };
  return {
    ...scope,
    hasToken: sessionToken !== '',
    sign: (request) => signatureOf(request, credentials, scope),
    withoutSecrets: (text) => withoutSecrets(text, [secretAccessKey, sessionToken]),
  };
}
