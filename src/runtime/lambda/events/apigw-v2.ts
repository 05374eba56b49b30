import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { HttpRequest } from '../../http/request.ts';
import { isRecord } from '../../objects.ts';
import { single } from './adapter.ts';
import { LAMBDA_MAX_RESPONSE_BYTES, toBody, toGatewayResult } from './event-body.ts';
import { type Pair, pairsOf, textsOf, toHeaders, toQuery } from './name-value-pairs.ts';

/**
 * API Gateway HTTP APIs with payload format 2.0, and Lambda function URLs, which use the same format.
 *
 * @see "Create AWS Lambda proxy integrations for HTTP APIs", API Gateway developer guide
 */
export const apigwV2 = single({
  source: 'apigw-v2',
  maxResponseBytes: LAMBDA_MAX_RESPONSE_BYTES,

  matches: (event) =>
    isRecord(event) &&
    event.version === '2.0' &&
    typeof event.rawPath === 'string' &&
    isRecord(event.requestContext) &&
    event.requestContext.elb === undefined &&
    isRecord(event.requestContext.http) &&
    typeof event.requestContext.http.method === 'string',

  // `matches` has checked the members that are used directly; the functions below accept any value in the
  // others.
  toRequest: (event) => toHttpRequest(event as APIGatewayProxyEventV2),

  toResult: toGatewayResult,
});

function toHttpRequest(event: APIGatewayProxyEventV2): HttpRequest {
  const headers = toHeaders(pairsOf(event.headers));
  const basePath = stageOf(event.rawPath, event.requestContext.stage);
  const cookies = textsOf(event.cookies);
  if (cookies.length > 0) {
    headers.cookie = cookies.join('; ');
  }
  return {
    method: event.requestContext.http.method.toUpperCase(),
    path: event.rawPath.slice(basePath.length) || '/',
    basePath,
    query: toQuery(readQuery(event.rawQueryString)),
    headers,
    body: toBody(event.body, event.isBase64Encoded),
  };
}

// A named stage is the first segment of rawPath; `$default` is not part of it.
function stageOf(path: string, stage: unknown): string {
  if (typeof stage !== 'string' || stage === '' || stage === '$default') {
    return '';
  }
  return path === `/${stage}` || path.startsWith(`/${stage}/`) ? `/${stage}` : '';
}

// Does not use queryStringParameters: it joins repeated values with commas, and JSON contains commas too.
function readQuery(raw: unknown): Iterable<Pair> {
  return typeof raw === 'string' && raw !== '' ? new URLSearchParams(raw) : [];
}
