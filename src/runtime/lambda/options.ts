import type { Config } from '../config.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import { allowed } from '../http/route-errors.ts';
import type { HttpMethod } from '../routes.ts';

/** Answers OPTIONS with 200 and an empty page, like the reference's web framework. */
export function answerOptions(
  request: HttpRequest,
  methods: readonly HttpMethod[],
  config: Config,
): HttpResponse {
  const allow = allowed(methods);
  const type = { 'content-type': 'text/html; charset=utf-8' };
  return { status: 200, headers: { ...type, allow, ...preflightHeaders(request, config, allow) }, body: '' };
}

/**
 * The further headers of the answer to a preflight: the methods, and the headers of CORS_ALLOWED_HEADERS, or
 * else those that the preflight asks for.
 */
function preflightHeaders(
  request: HttpRequest,
  { CORS_ALLOWED_HEADERS: allowed }: Config,
  methods: string,
): Record<string, string> {
  const asked = request.headers['access-control-request-headers'];
  // No header can have other characters.
  const headers =
    allowed.length > 0 ? allowed.join(', ') : asked && !/[^ -~]/.test(asked) ? asked : undefined;
  return {
    'access-control-allow-methods': methods,
    'access-control-max-age': '86400',
    ...(headers === undefined ? {} : { 'access-control-allow-headers': headers }),
  };
}
