import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FoundRoute } from './routes.ts';

/** A request as it has arrived: its path is percent-decoded, and its query as it was sent. */
export interface GatewayRequest {
  readonly message: IncomingMessage;
  readonly path: string;
  readonly query: string;
  readonly body: Buffer;
}

/** Belong to one connection: API Gateway makes its own. */
const HOP_BY_HOP = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * Makes the event that an HTTP API sends for a request: payload format 2.0, stage `$default`.
 *
 * @see "Create AWS Lambda proxy integrations for HTTP APIs", API Gateway developer guide
 */
export function toEvent({ message, path, query, body }: GatewayRequest, route: FoundRoute): object {
  const { cookie, ...headers } = headersOf(message, body);
  const method = message.method ?? 'GET';
  const now = new Date();
  const domainName = headers.host ?? 'localhost';
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.split(/; */) }),
    headers,
    ...(query !== '' && { queryStringParameters: parametersOf(query) }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method,
        path,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: `${randomBytes(11).toString('base64')}`,
      routeKey: route.key,
      stage: '$default',
      time: toClfTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(route.pathParameters).length > 0 && { pathParameters: route.pathParameters }),
    ...(body.length > 0 && { body: body.toString(isText(headers) ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText(headers),
  };
}

/** The headers by lower-case name; repeated ones are joined with commas. */
function headersOf({ headersDistinct, socket }: IncomingMessage, body: Buffer): Record<string, string> {
  const names = Object.keys(headersDistinct).filter((name) => !HOP_BY_HOP.includes(name));
  const separator = (name: string) => (name === 'cookie' ? '; ' : ',');
  const headers = Object.fromEntries(
    names.map((name) => [name, (headersDistinct[name] ?? []).join(separator(name))]),
  );
  const sender = socket.remoteAddress ?? '127.0.0.1';
  return {
    ...headers,
    ...((body.length > 0 || 'content-length' in headers) && { 'content-length': `${body.length}` }),
    'x-forwarded-for': headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ${sender}` : sender,
    'x-forwarded-port': `${socket.localPort}`,
    'x-forwarded-proto': 'http',
  };
}

/** A repeated parameter has its values joined with commas. */
function parametersOf(query: string): Record<string, string> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(',')]),
  );
}

/** Whether a body is sent as text; any other one, also one without a content type, is sent as base64. */
function isText(headers: Readonly<Record<string, string>>): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  return (
    encoding.trim().toLowerCase() === 'identity' &&
    /^\s*(text\/[^;]+|application\/(json|xml|javascript))\s*(;|$)/i.test(type)
  );
}

/** As in a log of Apache, in UTC: `10/Mar/2026:05:40:16 +0000`. */
function toClfTime(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
