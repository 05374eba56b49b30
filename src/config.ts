import * as z from 'zod/mini';
import { SeldonError } from './errors.ts';
import { log } from './log.ts';

const TRUE = ['1', 'true', 't', 'yes', 'y', 'on'];
const FALSE = ['0', 'false', 'f', 'no', 'n', 'off', ''];
const LEVELS = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  WARN: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
  FATAL: 'error',
  TRACE: 'debug',
} as const;

/** Lines below this level are not logged. */
export type LogLevel = (typeof LEVELS)[keyof typeof LEVELS];

const flag = z.pipe(
  z
    .string()
    .check(
      z.refine(
        (text) => [...TRUE, ...FALSE].includes(text.toLowerCase()),
        `one of ${TRUE.join(', ')} / ${FALSE.slice(0, -1).join(', ')}`,
      ),
    ),
  z.transform((text) => TRUE.includes(text.toLowerCase())),
);
const bytes = z.pipe(z.string().check(z.regex(/^\d+$/, 'a whole number of bytes')), z.transform(Number));
const milliseconds = z.pipe(
  z.string().check(z.regex(/^\d+$/, 'a whole number of milliseconds')),
  z.transform(Number),
);
const count = z.pipe(z.string().check(z.regex(/^\d+$/, 'a whole number')), z.transform(Number));
const path = z.string().check(z.regex(/^(\/[\w.-]+)+$/, 'a path such as /metrics'));
const level = z.pipe(
  z
    .string()
    .check(z.refine((text) => text.toUpperCase() in LEVELS, `one of ${Object.keys(LEVELS).join(', ')}`)),
  z.transform((text) => LEVELS[text.toUpperCase() as keyof typeof LEVELS]),
);
const list = z.pipe(
  z.string(),
  z.transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  ),
);
// One for all: each schema that is made costs 0.02 ms of a cold start.
const text = z.optional(z.string());
const modelName = z
  .string()
  .check(z.regex(/^[\w$-]+(\.[\w$-]+)*$/, 'a name such as MyModel, or file.ExportName'));

/**
 * Every environment variable that is read, with its default. The names are Seldon's where Seldon has one.
 *
 * PREDICTIVE_UNIT_PARAMETERS, MODEL_METADATA and PREDICTOR_LABELS are texts in a language of their own: they are
 * read by parameters.ts, metadata.ts and labels.ts when they are needed, so that a mistake there breaks no more than it must.
 */
const Environment = z.object({
  MODEL_NAME: z.optional(modelName),
  MODEL_DIR: text,
  MODEL_URI: text,
  MODEL_PRELOAD: z._default(flag, false),
  AWS_LAMBDA_INITIALIZATION_TYPE: text,
  PREDICTIVE_UNIT_PARAMETERS: z._default(z.string(), '[]'),
  MODEL_METADATA: z._default(z.string(), ''),
  PREDICTIVE_UNIT_ID: text,
  PREDICTIVE_UNIT_IMAGE: text,
  PREDICTOR_ID: text,
  PREDICTOR_LABELS: z._default(z.string(), ''),
  SELDON_DEPLOYMENT_ID: text,
  SELDON_EXECUTOR_ENABLED: z._default(flag, true),
  INCLUDE_METRICS_IN_CLIENT_RESPONSE: z._default(flag, true),
  PAYLOAD_PASSTHROUGH: z._default(flag, false),
  HIDE_INTERNAL_ERRORS: z._default(flag, false),
  COMPRESS_MIN_BYTES: z._default(bytes, Number.POSITIVE_INFINITY),
  CORS_ALLOWED_ORIGINS: z._default(list, ['*']),
  CORS_ALLOWED_HEADERS: z._default(list, []),
  SELDON_LOG_LEVEL: z.optional(level),
  LOG_PAYLOADS: z._default(flag, false),
  PAYLOAD_LOG_URL: text,
  PAYLOAD_LOG_TIMEOUT_MS: z._default(milliseconds, 1000),
  SELDON_NAMESPACE: z._default(z.string(), 'default'),
  STATE_URL: text,
  STATE_OVERFLOW_URL: text,
  STATE_MAX_AGE_MS: z._default(milliseconds, 1000),
  METRICS_URL: text,
  METRICS_FLUSH_MS: z._default(milliseconds, 5000),
  METRICS_MAX_SERIES: z._default(count, 2000),
  METRICS_WORKER_LABEL: z._default(flag, false),
  METRICS_EMF: z.optional(flag),
  PREDICTIVE_UNIT_METRICS_ENDPOINT: z._default(path, '/prometheus'),
  AWS_LAMBDA_FUNCTION_NAME: text,
  AWS_LAMBDA_LOG_LEVEL: z.optional(level),
  AWS_REGION: text,
  AWS_DEFAULT_REGION: text,
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: text,
  AWS_ENDPOINT_URL: text,
  AWS_ENDPOINT_URL_DYNAMODB: text,
  AWS_ENDPOINT_URL_S3: text,
  AWS_ENDPOINT_URL_SQS: text,
  AWS_ENDPOINT_URL_EVENTBRIDGE: text,
  AWS_ENDPOINT_URL_FIREHOSE: text,
});

/** The environment, checked and typed. */
export type Config = z.infer<typeof Environment>;

let cached: Config | SeldonError | undefined;

/**
 * The configuration, read from the environment once per instance.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the variable, its value and what was expected.
 */
export function config(): Config {
  cached ??= readConfig(process.env);
  if (cached instanceof SeldonError) throw cached;
  return cached;
}

/** METRICS_URL, or else STATE_URL; undefined: metrics stay in the instance. */
export function metricsUrl({ METRICS_URL, STATE_URL }: Config): string | undefined {
  return (METRICS_URL ?? STATE_URL) || undefined;
}

/** Where and as whom AWS is called; credentials are undefined unless both keys are there. */
export function awsSettings(config: Config): {
  readonly region: string | undefined;
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
} {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = config;
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    region: config.AWS_REGION ?? config.AWS_DEFAULT_REGION,
    credentials: hasKeys
      ? { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
      : undefined,
  };
}

/** The configuration; undefined when it cannot be used. */
export function usableConfig(): Config | undefined {
  try {
    return config();
  } catch {
    return undefined;
  }
}

function readConfig(environment: NodeJS.ProcessEnv): Config | SeldonError {
  const result = Environment.safeParse(environment);
  if (result.success) return result.data;
  const sentences = result.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `environment variable ${name} is ${JSON.stringify(environment[name])}; expected ${message}`;
  });
  const info = sentences.join('. ');
  log('error', 'the configuration cannot be used', { info });
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', info, { isLogged: true });
}
