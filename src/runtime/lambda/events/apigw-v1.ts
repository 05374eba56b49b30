import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { HttpRequest } from '../../http/request.ts';
import { single } from './adapter.ts';
import { LAMBDA_MAX_RESPONSE_BYTES, toBody, toGatewayResult } from './event-body.ts';
import { pairsOf, toHeaders, toQuery } from './name-value-pairs.ts';
import { isProxyEvent } from './proxy-event.ts';

/**
 * API Gateway REST APIs, and HTTP APIs with payload format 1.0.
 *
 * `path` is used unchanged: behind a custom domain it starts with the base path.
 *
 * @see "Input format of a Lambda function for proxy integration", API Gateway developer guide
 */
export const apigwV1 = single({
  source: 'apigw-v1',
  maxResponseBytes: LAMBDA_MAX_RESPONSE_BYTES,

  matches: (event) =>
    isProxyEvent(event) && event.requestContext.elb === undefined && event.requestContext.http === undefined,

  // `matches` has checked the members that are used directly; the functions below accept any value in the
  // others.
  toRequest: (event) => toHttpRequest(event as APIGatewayProxyEvent),

  toResult: toGatewayResult,
});

function toHttpRequest(event: APIGatewayProxyEvent): HttpRequest {
  return {
    method: event.httpMethod.toUpperCase(),
    path: event.path,
    basePath: stageOf(event),
    query: toQuery(pairsOf(event.multiValueQueryStringParameters, event.queryStringParameters)),
    headers: toHeaders(pairsOf(event.multiValueHeaders, event.headers)),
    body: toBody(event.body, event.isBase64Encoded),
  };
}

// requestContext.path is the path that the caller asked for, including the stage.
function stageOf({ path, requestContext }: APIGatewayProxyEvent): string {
  const asked: unknown = requestContext.path;
  return typeof asked === 'string' && asked.endsWith(path) ? asked.slice(0, -path.length) : '';
}
