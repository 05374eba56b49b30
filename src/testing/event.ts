import { randomUUID } from 'node:crypto';
import { stringify } from '../runtime/json/write-json.ts';

/** A request to a served model. */
export interface TestRequest {
  /** Default: POST with a body, GET without. */
  readonly method?: string;
  /** With the query, if any: `/predict?json=%7B%7D`. */
  readonly path: string;
  /** Default: `content-type: application/json` for a body that is a text or a message. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, a text, or a message, which is sent as JSON. */
  readonly body?: unknown;
}

/** The answer of a served model. */
export interface TestAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes where the answer is binary. */
  readonly body: string | Uint8Array;
  /** The body, read as JSON; empty when it is not JSON. */
  readonly message: TestMessage;
}

/** A message of an answer, as far as tests mostly look into it. */
export interface TestMessage {
  readonly data?: {
    readonly names?: readonly string[];
    readonly ndarray?: readonly unknown[];
    readonly tensor?: { readonly shape: readonly number[]; readonly values: readonly number[] };
  };
  readonly strData?: string;
  readonly binData?: string;
  readonly jsonData?: unknown;
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Of an error. */
  readonly status?: { readonly reason: string; readonly info: unknown };
  readonly [key: string]: unknown;
}

/** The event of an HTTP API (payload format 2.0, stage `$default`), as API Gateway makes it of a request. */
export function toEvent({ path: target, method, headers, body }: TestRequest): object {
  const [path = '', ...rest] = target.split('?');
  const query = rest.join('?');
  const { text, isBase64Encoded, type } = toBody(body);
  const verb = method ?? (text === undefined ? 'GET' : 'POST');
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  const own = Object.entries({ ...type, ...headers }).map(([name, value]) => [name.toLowerCase(), value]);
  const routeKey = '$default';
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers: {
      host: 'test.execute-api.us-east-1.amazonaws.com',
      'user-agent': 'seldon-lambda/testing',
      'x-forwarded-proto': 'https',
      ...Object.fromEntries(own),
    },
    ...(query !== '' && {
      queryStringParameters: Object.fromEntries([...values].map(([name, each]) => [name, each.join(',')])),
    }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'test',
      domainName: 'test.execute-api.us-east-1.amazonaws.com',
      http: {
        method: verb,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'seldon-lambda/testing',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1767225600000,
    },
    ...(text !== undefined && { body: text }),
    isBase64Encoded,
  };
}

/** The answer in the result that a function gives to an HTTP API. */
export function toAnswer(result: unknown): TestAnswer {
  const { statusCode, headers, body, isBase64Encoded } = result as {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly isBase64Encoded: boolean;
  };
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: isBase64Encoded ? Uint8Array.from(bytes) : body,
    message: readMessage(bytes.toString()),
  };
}

function readMessage(text: string): TestMessage {
  try {
    return JSON.parse(text) as TestMessage;
  } catch {
    return {};
  }
}

function toBody(body: unknown) {
  const json = { 'content-type': 'application/json' };
  if (body === undefined) {
    return { text: undefined, isBase64Encoded: false, type: {} };
  }
  if (body instanceof Uint8Array) {
    return { text: Buffer.from(body).toString('base64'), isBase64Encoded: true, type: {} };
  }
  return { text: typeof body === 'string' ? body : stringify(body), isBase64Encoded: false, type: json };
}
