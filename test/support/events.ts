import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import albEvent from '../fixtures/events/alb-get-query.json' with { type: 'json' };
import albMultiValueEvent from '../fixtures/events/alb-multi-value.json' with { type: 'json' };
import apiGatewayV1Event from '../fixtures/events/apigw-v1-post.json' with { type: 'json' };
import apiGatewayV2Event from '../fixtures/events/apigw-v2-post.json' with { type: 'json' };
import functionUrlEvent from '../fixtures/events/function-url-post.json' with { type: 'json' };

/** A request of a test, to be put into an event source's own shape. */
export interface TestRequest {
  method: string;
  /** With the query, if any: `/predict?json=%7B%7D`. Without stage. */
  path: string;
  /** Default: `content-type: application/json` where there is a text body, else none. */
  headers?: Record<string, string>;
  /** Bytes go as base64. */
  body?: string | Uint8Array;
}

/**
 * Makes one event source's event of a request: its fixture, with method, path, query, headers and body
 * replaced.
 */
export type EventSource = (request: TestRequest) => unknown;

/** API Gateway REST API. Header names keep their case, query values are decoded. */
export const apiGatewayV1: EventSource = (request) => {
  const { path, query } = splitPath(request.path);
  const pairs = [...new URLSearchParams(query)];
  const headers = { ...transportHeaders(apiGatewayV1Event.headers), ...headersOf(request) };
  const { stage } = apiGatewayV1Event.requestContext;
  return {
    ...apiGatewayV1Event,
    resource: path,
    path,
    httpMethod: request.method,
    headers,
    multiValueHeaders: grouped(Object.entries(headers)),
    queryStringParameters: pairs.length > 0 ? Object.fromEntries(pairs) : null,
    multiValueQueryStringParameters: pairs.length > 0 ? grouped(pairs) : null,
    requestContext: {
      ...apiGatewayV1Event.requestContext,
      resourcePath: path,
      httpMethod: request.method,
      path: `/${stage}${path}`,
    },
    ...bodyOf(request, null),
  };
};

/** API Gateway HTTP API, payload format 2.0, stage `$default`. */
export const apiGatewayV2: EventSource = (request) =>
  payloadV2(apiGatewayV2Event, request, `${request.method} ${splitPath(request.path).path}`);

/** Lambda function URL. */
export const functionUrl: EventSource = (request) => payloadV2(functionUrlEvent, request, '$default');

/** ALB target group. Query values stay percent-encoded, of a repeated key the last one is left. */
export const alb: EventSource = (request) => {
  const { path, query } = splitPath(request.path);
  return {
    requestContext: albEvent.requestContext,
    httpMethod: request.method,
    path,
    queryStringParameters: Object.fromEntries(rawPairs(query)),
    headers: { ...transportHeaders(albEvent.headers), ...lowerCased(headersOf(request)) },
    ...bodyOf(request, ''),
  };
};

/** ALB target group with multi-value headers switched on. Query values stay percent-encoded. */
export const albMultiValue: EventSource = (request) => {
  const { path, query } = splitPath(request.path);
  const headers = Object.entries(lowerCased(headersOf(request)));
  return {
    requestContext: albMultiValueEvent.requestContext,
    httpMethod: request.method,
    path,
    multiValueQueryStringParameters: grouped(rawPairs(query)),
    multiValueHeaders: { ...transportHeaders(albMultiValueEvent.multiValueHeaders), ...grouped(headers) },
    ...bodyOf(request, ''),
  };
};

/** All sources that speak HTTP, by name: for tests that hold whatever the event came from. */
export const eventSources = { apiGatewayV1, apiGatewayV2, functionUrl, alb, albMultiValue } as const;

/** A function's HTTP result, whatever its shape: header names in lower case, a base64 body as bytes. */
export function readResult(result: unknown): {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
} {
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = result as {
    statusCode: number;
    headers?: Record<string, string>;
    multiValueHeaders?: Record<string, string[]>;
    body: string;
    isBase64Encoded: boolean;
  };
  const lists = Object.entries(multiValueHeaders ?? {}).map(([name, values]) => [name, values.join(', ')]);
  return {
    status: statusCode,
    headers: lowerCased({ ...headers, ...Object.fromEntries(lists) }),
    body: isBase64Encoded ? new Uint8Array(Buffer.from(body, 'base64')) : body,
  };
}

/** An invocation's context, with 30 s left, its own request id, and `overrides`. */
export function lambdaContext(overrides: Partial<Context> = {}): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'iris-predict',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:iris-predict',
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: '/aws/lambda/iris-predict',
    logStreamName: '2026/03/10/[$LATEST]0123456789abcdef0123456789abcdef',
    getRemainingTimeInMillis: () => 30_000,
    done: () => {},
    fail: () => {},
    succeed: () => {},
    ...overrides,
  };
}

function payloadV2(
  fixture: typeof apiGatewayV2Event | typeof functionUrlEvent,
  request: TestRequest,
  routeKey: string,
) {
  const { path, query } = splitPath(request.path);
  const values = Object.entries(grouped(new URLSearchParams(query)));
  const { version, requestContext } = fixture;
  const { body, isBase64Encoded } = bodyOf(request, undefined);
  return {
    version,
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers: { ...transportHeaders(fixture.headers), ...lowerCased(headersOf(request)) },
    ...(query !== '' && {
      queryStringParameters: Object.fromEntries(values.map(([name, each]) => [name, each.join(',')])),
    }),
    requestContext: {
      ...requestContext,
      http: { ...requestContext.http, method: request.method, path },
      routeKey,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded,
  };
}

function splitPath(pathAndQuery: string): { path: string; query: string } {
  const [path = '', ...query] = pathAndQuery.split('?');
  return { path, query: query.join('?') };
}

function rawPairs(query: string): [string, string][] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    });
}

function grouped(pairs: Iterable<[string, string]>): Record<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    lists.set(name, [...(lists.get(name) ?? []), value]);
  }
  return Object.fromEntries(lists);
}

// The headers that a load balancer or gateway adds; the others belong to the fixture's own request.
function transportHeaders<T>(headers: Record<string, T>): Record<string, T> {
  const isTransport = /^(host|user-agent|x-amzn-trace-id|x-forwarded-.*)$/i;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isTransport.test(name)));
}

function headersOf({ headers, body }: TestRequest): Record<string, string> {
  return headers ?? (typeof body === 'string' ? { 'content-type': 'application/json' } : {});
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function bodyOf<T>({ body }: TestRequest, none: T): { body: string | T; isBase64Encoded: boolean } {
  if (body === undefined) {
    return { body: none, isBase64Encoded: false };
  }
  if (typeof body === 'string') {
    return { body, isBase64Encoded: false };
  }
  return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
}
