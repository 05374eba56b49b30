import { SeldonError } from './errors.ts';
import type { LogLevel } from './log.ts';
import { type DeployedName, INFER, ROUTES } from './routes.ts';
import { show } from './show.ts';

const TRUE = ['1', 'true', 't', 'yes', 'y', 'on'];
const FALSE = ['0', 'false', 'f', 'no', 'n', 'off', ''];
const LEVELS: Readonly<Record<string, LogLevel>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  WARN: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
  FATAL: 'error',
  TRACE: 'debug',
};

/** An environment variable: how to read its text, and its default. */
export interface Variable<T> {
  /** Converts the text to a value; undefined when the text is not valid. */
  readonly read: (text: string) => T | undefined;
  /** Describes a valid text, for the error message. */
  readonly expected: string;
  /** The value when the variable is not set. */
  readonly unset: T;
}

/**
 * Makes a function that makes variables of one kind. Its argument is the default: `flag(true)` is true when
 * the variable is not set, and `flag()` is undefined.
 */
function kind<T>(expected: string, read: (text: string) => T | undefined) {
  return <U extends T | undefined = undefined>(unset?: U): Variable<T | U> => ({
    read,
    expected,
    unset: unset as U,
  });
}

const text = kind('a text', (text) => text);
const matching = (expected: string, pattern: RegExp) =>
  kind(expected, (text) => (pattern.test(text) ? text : undefined));
const whole = (expected: string) => kind(expected, (text) => (/^\d+$/.test(text) ? Number(text) : undefined));
const bytes = whole('a whole number of bytes');
const milliseconds = whole('a whole number of milliseconds');
const count = whole('a whole number');
const path = matching('a path such as /metrics', /^(\/[\w.-]+)+$/);
const modelName = matching('a name such as MyModel, or file.ExportName', /^[\w$-]+(\.[\w$-]+)*$/);
const flag = kind(`one of ${TRUE.join(', ')} / ${FALSE.slice(0, -1).join(', ')}`, toBoolean);
const level = kind(`one of ${Object.keys(LEVELS).join(', ')}`, (text) => LEVELS[text.toUpperCase()]);
const items = (text: string): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
const list = kind('a list', items);
const ENDPOINTS = [...Object.keys(ROUTES), INFER];
const endpoints = kind(`a list of ${ENDPOINTS.join(', ')}`, (text) => {
  const names = items(text);
  return names.every((name) => ENDPOINTS.includes(name)) ? (names as readonly DeployedName[]) : undefined;
});

/**
 * Every environment variable that the functions read, with its default. The names are Seldon's where Seldon
 * has one.
 *
 * PREDICTIVE_UNIT_PARAMETERS, MODEL_METADATA and PREDICTOR_LABELS contain JSON or YAML. They are parsed only
 * when they are needed, by parameters.ts, metadata.ts and labels.ts, so that a mistake in one of them affects
 * as few requests as possible.
 */
const ENVIRONMENT = {
  MODEL_NAME: modelName(),
  MODEL_DIR: text(),
  MODEL_URI: text(),
  MODEL_PRELOAD: flag(false),
  AWS_LAMBDA_INITIALIZATION_TYPE: text(),
  PREDICTIVE_UNIT_PARAMETERS: text('[]'),
  MODEL_METADATA: text(''),
  PREDICTIVE_UNIT_ID: text(),
  PREDICTIVE_UNIT_IMAGE: text(),
  PREDICTOR_ID: text(),
  PREDICTOR_LABELS: text(''),
  SELDON_DEPLOYMENT_ID: text(),
  SELDON_EXECUTOR_ENABLED: flag(true),
  INCLUDE_METRICS_IN_CLIENT_RESPONSE: flag(true),
  PAYLOAD_PASSTHROUGH: flag(false),
  HIDE_INTERNAL_ERRORS: flag(false),
  COMPRESS_MIN_BYTES: bytes(Number.POSITIVE_INFINITY),
  // The size that Lambda takes uncompressed.
  MAX_DECOMPRESSED_BYTES: bytes(6 * 1024 * 1024),
  CORS_ALLOWED_ORIGINS: list(['*']),
  CORS_ALLOWED_HEADERS: list([]),
  SELDON_LOG_LEVEL: level(),
  LOG_PAYLOADS: flag(false),
  PAYLOAD_LOG_URL: text(),
  PAYLOAD_LOG_TIMEOUT_MS: milliseconds(1000),
  SELDON_NAMESPACE: text('default'),
  STATE_URL: text(),
  STATE_OVERFLOW_URL: text(),
  STATE_MAX_AGE_MS: milliseconds(1000),
  METRICS_URL: text(),
  METRICS_FLUSH_MS: milliseconds(5000),
  METRICS_MAX_SERIES: count(2000),
  METRICS_WORKER_LABEL: flag(false),
  METRICS_EMF: flag(),
  PREDICTIVE_UNIT_METRICS_ENDPOINT: path('/prometheus'),
  DEPLOYED_ENDPOINTS: endpoints([]),
  SELDON_GRAPH_HEADERS: list([]),
  SELDON_GRAPH_WARM: flag(true),
  SELDON_PREDICTOR: text(),
  SELDON_STICKY_HEADER: text(),
  SELDON_SHADOWS: text(''),
  AWS_LAMBDA_FUNCTION_NAME: text(),
  AWS_LAMBDA_LOG_LEVEL: level(),
  AWS_REGION: text(),
  AWS_DEFAULT_REGION: text(),
  AWS_ACCESS_KEY_ID: text(),
  AWS_SECRET_ACCESS_KEY: text(),
  AWS_SESSION_TOKEN: text(),
  AWS_ENDPOINT_URL: text(),
  AWS_ENDPOINT_URL_DYNAMODB: text(),
  AWS_ENDPOINT_URL_S3: text(),
  AWS_ENDPOINT_URL_SQS: text(),
  AWS_ENDPOINT_URL_EVENTBRIDGE: text(),
  AWS_ENDPOINT_URL_FIREHOSE: text(),
  AWS_ENDPOINT_URL_LAMBDA: text(),
};

/** Reads a switch; empty text is false. Undefined for any other word. */
export function toBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return TRUE.includes(word) || (FALSE.includes(word) ? false : undefined);
}

/** The values of the variables of a table. */
export type Values<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Variable<infer T> ? T : never;
};

/** The values of the variables that all functions read, checked and typed. */
export type Config = Values<typeof ENVIRONMENT>;

/** The names of the variables that all functions read. */
export const VARIABLES: readonly string[] = /* @__PURE__ */ Object.keys(ENVIRONMENT);

/** The result of reading the environment. */
export interface ReadConfig {
  /** The values of the variables. A variable whose text is not valid has its default. */
  readonly config: Config;
  /**
   * MICROSERVICE_BAD_PARAMETER naming each variable that is not valid and the expected form; its `cause` has
   * the values, too. Undefined when all variables are valid.
   */
  readonly mistake: SeldonError | undefined;
}

/**
 * Reads the environment; default: that of this process.
 *
 * @param defaults - texts of variables that the environment does not have.
 * @param table - other variables than those of all functions.
 */
export function readConfig(
  environment: NodeJS.ProcessEnv = process.env,
  defaults: NodeJS.ProcessEnv = {},
  table: Readonly<Record<string, Variable<unknown>>> = ENVIRONMENT,
): ReadConfig {
  const mistakes: string[] = [];
  const values: string[] = [];
  const entries = Object.entries(table).map(([name, { read, expected, unset }]) => {
    const text = environment[name] ?? defaults[name];
    const value = text === undefined ? unset : read(text);
    if (text === undefined || value !== undefined) {
      return [name, value];
    }
    mistakes.push(`environment variable ${name} is not valid; expected ${expected}`);
    values.push(`${name} is ${show(text)}; expected ${expected}`);
    return [name, unset];
  });
  return {
    // Object.fromEntries loses the types of the table's entries; the cast restores them.
    config: Object.fromEntries(entries) as Config,
    mistake:
      mistakes.length === 0
        ? undefined
        : new SeldonError('MICROSERVICE_BAD_PARAMETER', mistakes.join('. '), {
            isLogged: true,
            // For the log: a caller need not see how a function is configured.
            cause: values.join('. '),
          }),
  };
}

/** METRICS_URL, or else STATE_URL. Undefined when neither is set: then metrics stay in the instance. */
export function metricsUrl({ METRICS_URL, STATE_URL }: Config): string | undefined {
  return (METRICS_URL ?? STATE_URL) || undefined;
}

/** The region and the credentials for calls to AWS; credentials are undefined unless both keys are set. */
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
