import { FEATURES } from './arithmetic.ts';

/** Digits after the point, as a client that rounds sends them: `0.483921`. */
export const DECIMALS = 6;

/** A whole API Gateway event, payload format 2.0, that posts `message` to /predict. */
export function predictEvent(message: unknown): { readonly body: string } {
  const body = JSON.stringify(message);
  return {
    version: '2.0',
    routeKey: 'POST /predict',
    rawPath: '/predict',
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
        path: '/predict',
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.10',
        userAgent: 'curl/8.5.0',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'POST /predict',
      stage: '$default',
      time: '10/Mar/2026:05:40:16 +0000',
      timeEpoch: 1773121216000,
    },
    body,
    isBase64Encoded: false,
  } as { readonly body: string };
}

/** What Lambda passes beside the event, as far as it is read. */
export const context = { functionName: 'predict', awsRequestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95' };

/** One flower, as in Seldon's own examples. */
export function irisMessage(): unknown {
  const names = ['sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)'];
  return { data: { names, ndarray: [[5.1, 3.5, 1.4, 0.2]] } };
}

/** `rows` x `columns` numbers in either array. `decimals`: 20 for all that a double has, 16 to 18. */
export function arrayMessage(
  kind: 'tensor' | 'ndarray',
  rows: number,
  columns = FEATURES,
  decimals = DECIMALS,
): unknown {
  const flat = numbers(rows * columns, decimals);
  if (kind === 'tensor') {
    return { data: { tensor: { shape: [rows, columns], values: flat } } };
  }
  const nested = Array.from({ length: rows }, (_, row) => flat.slice(row * columns, (row + 1) * columns));
  return { data: { ndarray: nested } };
}

/** `length` bytes as base64. */
export function binaryMessage(length: number): unknown {
  return { binData: Buffer.from(numbers(length).map((value) => value * 256)).toString('base64') };
}

/** A text of `length` characters. */
export function textMessage(length: number): unknown {
  return { strData: 'A sentence that somebody wrote. '.repeat(length / 32 + 1).slice(0, length) };
}

/** The same numbers in every run: evenly spread in [0, 1), rounded. */
function numbers(length: number, decimals = DECIMALS): number[] {
  let state = 1;
  return Array.from({ length }, () => {
    // Lehmer's generator.
    state = (state * 48271) % 2147483647;
    return Number((state / 2147483647).toFixed(decimals));
  });
}
