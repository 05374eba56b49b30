// Without imports, as it is bundled into processes that measure what the code under test loads.

/** The part of an event that a handler written by hand reads. */
export interface PredictEvent {
  readonly body: string;
}

/** A function behind an HTTP API. */
export type PredictHandler = (
  event: PredictEvent,
  context: unknown,
) => Promise<{ readonly statusCode: number; readonly body: string }>;

/** Makes a whole API Gateway event, payload format 2.0, that posts `message` to a path. */
export function predictEvent(message: unknown, path = '/predict'): PredictEvent {
  const body = JSON.stringify(message);
  return {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'content-length': `${body.length}`,
      'content-type': 'application/json',
      host: 'abcde12345.execute-api.eu-west-1.amazonaws.com',
      'user-agent': 'curl/8.5.0',
      'x-amzn-trace-id': 'Root=1-65f01a2b-0123456789abcdef01234567',
      'x-forwarded-for': '203.0.113.10',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcde12345',
      domainName: 'abcde12345.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'abcde12345',
      http: {
        method: 'POST',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.10',
        userAgent: 'curl/8.5.0',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `POST ${path}`,
      stage: '$default',
      time: '10/Mar/2026:05:40:16 +0000',
      timeEpoch: 1773121216000,
    },
    body,
    isBase64Encoded: false,
  } as PredictEvent;
}

/** The members of Lambda's context that the functions read. */
export const context = { functionName: 'predict', awsRequestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95' };

/** Makes a message with one flower, as in Seldon's own examples. */
export function irisMessage(): unknown {
  const names = ['sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)'];
  return { data: { names, ndarray: [[5.1, 3.5, 1.4, 0.2]] } };
}
