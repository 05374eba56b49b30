import { BUCKET_NAME, BUCKET_URL } from '../../runtime/bucket-name.ts';
import { withoutCredentials } from '../../runtime/redact.ts';
import { GRANTS } from '../../runtime/stores/grants.ts';
import { OUTPUTS, SINKS } from './roles.ts';

const STORES = Object.keys(GRANTS);
const ENDPOINTS = ['http:', 'https:'];
const REDIS = /^rediss?:$/;
/** What may follow the host of a Redis server. */
const DATABASE = /^\/?\d*$/;

/** The variables that hold a URL, with the schemes that it can have. */
const SCHEMES: Readonly<Record<string, readonly string[]>> = {
  MODEL_URI: ['s3:', 'file:'],
  STATE_URL: STORES,
  METRICS_URL: STORES,
  STATE_OVERFLOW_URL: ['s3:'],
  PAYLOAD_LOG_URL: Object.keys(SINKS),
  BATCH_OUTPUT_URL: Object.keys(OUTPUTS),
  AWS_ENDPOINT_URL: ENDPOINTS,
  AWS_ENDPOINT_URL_DYNAMODB: ENDPOINTS,
  AWS_ENDPOINT_URL_S3: ENDPOINTS,
  AWS_ENDPOINT_URL_SQS: ENDPOINTS,
  AWS_ENDPOINT_URL_EVENTBRIDGE: ENDPOINTS,
  AWS_ENDPOINT_URL_FIREHOSE: ENDPOINTS,
  AWS_ENDPOINT_URL_LAMBDA: ENDPOINTS,
};
/** The folders of a function that can hold files: its file system, its layers, its zip. */
const FOLDERS = /^\/(mnt|opt|var\/task)\//;
const THIS_MACHINE = /^(localhost|.*\.localhost|127\..*|0\.0\.0\.0|\[::1?\]|host\.docker\.internal)$/i;

/**
 * Checks the variables that hold a URL: a scheme and a host that the functions can use, and nothing that only
 * this machine has.
 *
 * @param mayBeLocal - whether URLs of this machine are allowed, for an emulator of AWS.
 * @returns a sentence for each that is wrong, without credentials.
 */
export function checkUrls(
  variables: Readonly<Record<string, string>>,
  mayBeLocal: boolean,
): readonly string[] {
  return Object.entries(SCHEMES).flatMap(([variable, schemes]) => {
    const text = variables[variable];
    const why = text ? (mistakeIn(text, schemes) ?? (mayBeLocal ? undefined : localIn(text))) : undefined;
    return why === undefined ? [] : [`${variable} is ${withoutCredentials(text as string)}${why}`];
  });
}

function mistakeIn(text: string, schemes: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !schemes.includes(url.protocol)) {
    return `; expected a URL of ${schemes.map((scheme) => `${scheme}//`).join(', ')}`;
  }
  const needsHost = !['file:', 'memory:'].includes(url.protocol);
  if (needsHost && url.hostname === '') {
    return `; expected a name after ${url.protocol}//`;
  }
  const { protocol, pathname, search, hash } = url;
  if (protocol === 's3:' && !BUCKET_NAME.test(url.hostname)) {
    return `; expected ${BUCKET_URL}`;
  }
  return REDIS.test(protocol) && !DATABASE.test(`${pathname}${search}${hash}`)
    ? `; expected ${protocol}//[[user]:password@]host[:port][/database], with %23, %2F, %3F and %40 for #, /, ? and @ in a password`
    : undefined;
}

function localIn(text: string): string | undefined {
  const { protocol, hostname, pathname } = new URL(text);
  const unset = 'unset it, or add --param localUrls=true for an emulator of AWS';
  if (protocol === 'memory:') {
    return `, which each instance has for itself and loses when it ends; ${unset}`;
  }
  if (protocol === 'file:' && !FOLDERS.test(pathname)) {
    return `, a place on this machine, which a function on AWS does not have; ${unset}`;
  }
  return THIS_MACHINE.test(hostname) ? `, which a function on AWS cannot reach; ${unset}` : undefined;
}
