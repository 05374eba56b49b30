import type { OutgoingHttpHeaders } from 'node:http';

/** An answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

/** The answers that an HTTP API gives itself. */
export const GATEWAY_ANSWERS = {
  accepted: { status: 202, headers: {}, body: '' },
  badRequest: gatewayAnswer(400, 'Bad Request'),
  notFound: gatewayAnswer(404, 'Not Found'),
  /** A body over 10 MB, or one whose event is over Lambda's 6 MB. */
  bodyTooLarge: gatewayAnswer(413, 'Request Entity Too Large'),
  headersTooLarge: gatewayAnswer(431, 'Request Header Fields Too Large'),
  /** The function failed, its time was over, or its result cannot be sent. */
  functionFailed: gatewayAnswer(500, 'Internal Server Error'),
  /** The function went on for longer than an HTTP API waits. */
  late: gatewayAnswer(503, 'Service Unavailable'),
} as const satisfies Record<string, Answer>;

function gatewayAnswer(status: number, message: string): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

interface Result {
  readonly statusCode: unknown;
  readonly headers?: Readonly<Record<string, unknown>> | null;
  readonly cookies?: string[] | null;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

/**
 * Makes the answer of a function's result, which is JSON in payload format 2.0. A result without a
 * `statusCode` is the body itself. Undefined when the result is not of this format.
 */
export function toAnswer(json: string): Answer | undefined {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || !('statusCode' in value)) {
    const body = typeof value === 'string' ? value : json;
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = value as Result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599 || !isTextOrNothing(body)) {
    return undefined;
  }
  return {
    status,
    headers: { ...withContentType(headers ?? {}), ...(cookies?.length && { 'set-cookie': cookies }) },
    body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

/** The headers of an answer with its length, which only a body has. */
export function withLength({ status, headers, body }: Answer): OutgoingHttpHeaders {
  return status === 204 || status === 304
    ? headers
    : { ...headers, 'content-length': Buffer.byteLength(body) };
}

function isTextOrNothing(body: unknown): body is string | null | undefined {
  return typeof body === 'string' || body === undefined || body === null;
}

function withContentType(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), `${value}`]);
  return { 'content-type': 'text/plain; charset=utf-8', ...Object.fromEntries(given) };
}
