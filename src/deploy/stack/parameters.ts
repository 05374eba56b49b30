import { UserError } from '../../bundle/user-error.ts';
import { nearest } from '../../runtime/nearest.ts';
import type { Configuration } from '../serverless-types.ts';

/** How the text of a parameter becomes a value. */
interface Reader<T> {
  /** The possible texts, for the error message. */
  readonly expected: string;
  /** Returns undefined for any other text. */
  read(text: string): T | undefined;
}

/** Every parameter of serverless.yml with its possible values. The defaults are in that file. */
const PARAMETERS = {
  auth: oneOf('iam', 'jwt', 'apikey', 'none'),
  metricsAuth: oneOf('same', 'none'),
  api: oneOf('auto', 'http', 'rest'),
  jwtIssuer: optional(text(/^https:\/\/[^\s/]\S*$/, 'the https:// URL of the issuer of the tokens')),
  jwtAudience: optional(list(/^[^\s,]+$/, 'the audiences of the tokens, comma-separated')),
  tokenHeader: optional(text(/^[\w-]+$/, 'the name of a header')),
  userPool: optional(
    text(/^arn:[\w-]+:cognito-idp:[^\s:]+:[^\s:]+:userpool\/\S+$/, 'the ARN of a Cognito user pool'),
  ),
  throttleRate: whole(1, 100_000),
  throttleBurst: whole(1, 100_000),
  quotaPerMonth: optional(whole(1, 2_000_000_000)),
  memory: whole(128, 10_240),
  timeout: whole(1, 29),
  logDays: oneNumberOf(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 3653),
  tracing: oneOf('Active', 'PassThrough'),
  alarms: oneOf('auto', 'true', 'false'),
  alarmTopic: optional(
    text(
      /^(arn:[\w-]+:sns:[^\s:]+:\d{12}:[\w.-]+|[^\s@:]+@[^\s@:]+)$/,
      'an e-mail address, or the ARN of an SNS topic',
    ),
  ),
  p99Ms: optional(whole(1, 29_000)),
  warmFunctions: list(/^[\w-]+$/, 'names of functions, comma-separated'),
  provisionedConcurrency: whole(0, 1000),
  reservedConcurrency: optional(whole(1, 1000)),
  warmUp: optional(
    text(
      /^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minute|hour|day)s)\)|cron\((\S+ ){5}\S+\))$/,
      'rate(5 minutes), or cron(...) with six fields',
    ),
  ),
  functions: oneOf('needed', 'all', 'single'),
  batch: flag(),
  batchQueue: oneOf('false', 'true', 'fifo'),
  batchSize: whole(1, 10_000),
  batchInput: optional(text(/^s3:\/\/[a-z0-9][a-z0-9.-]+[a-z0-9](\/\S*)?$/, 's3://bucket/prefix')),
  stateTable: oneOf('own', 'existing'),
  replaces: optional(text(/^[\w$.-]+$/, 'the name of a model')),
  localUrls: flag(),
  protected: flag(),
} satisfies Record<string, Reader<unknown>>;

const NAMES = Object.keys(PARAMETERS);

/** The parameters of a deployment, read and checked. */
export type Parameters = {
  readonly [Name in keyof typeof PARAMETERS]: NonNullable<ReturnType<(typeof PARAMETERS)[Name]['read']>>;
};

/**
 * Reads the parameters: first those of the command line, then those of the stage, then the defaults.
 *
 * @param given - the values of `--param`, each `name=value`.
 * @throws UserError for an unknown name, or a value that its parameter cannot have.
 */
export function readParameters(
  { params = {} }: Configuration,
  stage: string,
  given: readonly string[],
): Parameters {
  const onCommandLine = Object.fromEntries(
    given.map((text) => text.split(/=(.*)/s, 2).map((part) => part.trim())),
  );
  const values: Record<string, unknown> = { ...params.default, ...params[stage], ...onCommandLine };
  const names = [...new Set([...NAMES, ...Object.keys(values)])];
  return Object.fromEntries(names.map((name) => [name, readParameter(name, values[name])])) as Parameters;
}

/**
 * A setting of a model that is a parameter, too, for all models.
 *
 * @throws UserError for a value that it cannot have.
 */
export function checkSetting(where: string, name: 'memory' | 'timeout' | 'functions', value: unknown): void {
  const { expected, read } = PARAMETERS[name];
  if (read(String(value)) === undefined) {
    throw new UserError(`${where} is ${JSON.stringify(value)}; expected ${expected}`);
  }
}

/**
 * @throws UserError for an unknown name, or a value that its parameter cannot have.
 */
export function readParameter(name: string, value: unknown): unknown {
  const reader = Object.hasOwn(PARAMETERS, name) && (PARAMETERS as Record<string, Reader<unknown>>)[name];
  if (!reader) {
    const meant = nearest(name, NAMES);
    const question = meant === undefined ? '' : `is ${meant} meant? `;
    throw new UserError(`there is no parameter ${name}; ${question}expected one of: ${NAMES.join(', ')}`);
  }
  const read = reader.read(String(value));
  if (read === undefined) {
    throw new UserError(`parameter ${name} is ${value}; expected ${reader.expected}`);
  }
  return read;
}

function text(pattern: RegExp, expected: string): Reader<string> {
  return { expected, read: (text) => (pattern.test(text) ? text : undefined) };
}

function oneOf<const T extends string>(...values: readonly T[]): Reader<T> {
  return { expected: values.join(', '), read: (text) => values.find((value) => value === text) };
}

function oneNumberOf(...values: readonly number[]): Reader<number> {
  return { expected: values.join(', '), read: (text) => values.find((value) => `${value}` === text) };
}

function flag(): Reader<'true' | 'false'> {
  return oneOf('true', 'false');
}

function whole(least: number, most: number): Reader<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    read: (text) => (/^\d+$/.test(text) && +text >= least && +text <= most ? +text : undefined),
  };
}

function list(pattern: RegExp, expected: string): Reader<readonly string[]> {
  return {
    expected,
    read: (text) => {
      const items = text.split(',').map((item) => item.trim());
      return items.every((item) => pattern.test(item)) ? items : undefined;
    },
  };
}

function optional<T>({ expected, read }: Reader<T>): Reader<T | 'none'> {
  return { expected: `${expected}; or none`, read: (text) => (text === 'none' ? 'none' : read(text)) };
}
