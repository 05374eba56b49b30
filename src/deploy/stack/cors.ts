import type { Stack } from '../serverless-types.ts';

/** CORS rules of an API. */
interface Cors {
  /** Empty: the API answers no preflight. */
  readonly origins: readonly string[];
  readonly headers: readonly string[];
  /** How long a browser may remember the answer, in seconds. */
  readonly maxAge: number;
}

/**
 * The rules that the functions follow (src/runtime/http/cors.ts), for what the API answers itself: a
 * browser's preflight, which comes without credentials. `environment`: the variables of the functions.
 */
export function corsOf(
  environment: Readonly<Record<string, string | null>>,
  { tokenHeader }: Pick<Stack['parameters'], 'tokenHeader'>,
): Cors {
  const headers = listOf(environment.CORS_ALLOWED_HEADERS ?? '');
  const ofToken = tokenHeader === 'none' ? [] : [tokenHeader.toLowerCase()];
  return {
    origins: listOf(environment.CORS_ALLOWED_ORIGINS ?? '*'),
    headers: headers.length > 0 ? headers : [...new Set([...HEADERS, ...ofToken])],
    maxAge: 86_400,
  };
}

function listOf(text: string): string[] {
  return text.split(',').flatMap((item) => item.trim() || []);
}

/**
 * A function allows the headers that it is asked for. An API can only have a list, and `*` does not include
 * Authorization.
 */
const HEADERS = [
  'authorization',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'seldon-puid',
  'traceparent',
  'tracestate',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-api-key',
];
