// @ts-check
// A model in a thread of its own: imports the handler of its functions, and answers requests as an HTTP API
// sends them. Unlike an instance on AWS, it may be given the next request before the last one is answered.
import { parentPort, workerData } from 'node:worker_threads';
import { logToStream } from '../../deploy/local/log-to-stream.js';

/** @typedef {import('./model-thread.ts').ThreadRequest} ThreadRequest */

const { module } = /** @type {{ module: string }} */ (workerData);
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
logToStream();
const { handler } = await import(module);
const context = { functionName: 'batch', getRemainingTimeInMillis: () => 2 ** 31 - 1 };

port.on('message', async (/** @type {ThreadRequest} */ { id, ...request }) => {
  try {
    const { statusCode: status, headers, ...answer } = await handler(toEvent(request), context);
    port.postMessage({ id, status, headers, ...bodyOf(answer, headers) });
  } catch (error) {
    port.postMessage({ id, status: 500, headers: {}, text: error instanceof Error ? error.message : '' });
  }
});
port.postMessage('ready');

/**
 * The event of an HTTP API, payload format 2.0.
 *
 * @param {Omit<ThreadRequest, 'id'>} request
 */
function toEvent({ method, path, body, headers }) {
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'batch' };
  const isBinary = body !== undefined && typeof body !== 'string';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    requestContext: { http, stage: '$default', routeKey: '$default' },
    body: isBinary ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: isBinary,
  };
}

/**
 * The JSON of an answer, and the bytes behind it.
 *
 * @param {{ body: string, isBase64Encoded?: boolean }} answer
 * @param {Record<string, string>} headers
 */
function bodyOf({ body, isBase64Encoded = false }, headers) {
  if (!isBase64Encoded) {
    return { text: body };
  }
  const bytes = Buffer.from(body, 'base64');
  const length = Number(headers['inference-header-content-length'] ?? bytes.length);
  // A copy: the memory of a small Buffer is that of many.
  return { text: bytes.toString('utf8', 0, length), tail: new Uint8Array(bytes.subarray(length)) };
}
