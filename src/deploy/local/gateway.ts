import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { within } from '../../runtime/time-limit.ts';
import type { Functions } from './functions.ts';
import { type Answer, GATEWAY_ANSWERS, toAnswer, withLength } from './http-answer.ts';
import { type GatewayRequest, toEvent } from './http-event.ts';
import { findRoute, type Route } from './routes.ts';

/** The limit of an HTTP API for the request line and the values of the headers. */
const MAX_HEADER_BYTES = 10_240;
/** The limit of an HTTP API for a body. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Lambda's limit for an event and for a result: 6 MB, and some bytes for the envelope. */
const MAX_PAYLOAD_BYTES = 6_291_556;
/** How long an HTTP API waits for a function. */
const MAX_WAIT_MS = 30_000;

/** The parts of a gateway. */
export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** May change between two requests. */
  readonly routes: readonly Route[];
  readonly functions: Functions;
  /** Gets the error of each call that failed, for the developer. */
  readonly report: (text: string) => void;
  /** Default: 30 s, as an HTTP API. */
  readonly maxWaitMs?: number;
}

/**
 * Opens an HTTP API on this machine: it makes the event of each request, calls the function of its route,
 * and makes the answer of the result. Limits and errors are those of API Gateway and Lambda.
 *
 * @throws the error of `listen()`, as when the port is in use.
 */
export async function openGateway(options: GatewayOptions): Promise<Server> {
  const server = createServer(
    // Above the limit, so that the answer to longer headers is made here.
    { maxHeaderSize: 8 * MAX_HEADER_BYTES },
    (message, response) => {
      respond(options, message, response).catch((error) => {
        // A caller that has gone is not worth a line.
        if (!message.destroyed || message.complete) {
          options.report(`${message.method} ${message.url}: ${error}`);
        }
        response.destroy();
      });
    },
  );
  await once(server.listen(options.port, options.host), 'listening');
  return server;
}

async function respond(
  options: GatewayOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(message);
  const made = await answer(options, message, body);
  try {
    response.writeHead(made.status, withLength(made)).end(made.body);
  } catch (error) {
    // A header that cannot be sent.
    options.report(`${message.method} ${message.url}: ${error}`);
    const { functionFailed } = GATEWAY_ANSWERS;
    response.writeHead(functionFailed.status, withLength(functionFailed)).end(functionFailed.body);
  }
}

/** Reads a body to its end; undefined when it is over the limit. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) {
      chunks.push(chunk);
    } else {
      chunks.length = 0;
    }
  }
  return length <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

async function answer(
  options: GatewayOptions,
  message: IncomingMessage,
  body: Buffer | undefined,
): Promise<Answer> {
  if (headerBytes(message) > MAX_HEADER_BYTES) {
    return GATEWAY_ANSWERS.headersTooLarge;
  }
  if (body === undefined) {
    return GATEWAY_ANSWERS.bodyTooLarge;
  }
  const { path, query } = readTarget(message.url ?? '/');
  if (path === undefined) {
    return GATEWAY_ANSWERS.badRequest;
  }
  return callFunction(options, { message, path, query, body });
}

async function callFunction(options: GatewayOptions, request: GatewayRequest): Promise<Answer> {
  const { routes, functions, report, maxWaitMs = MAX_WAIT_MS } = options;
  const route = findRoute(routes, request.message.method ?? 'GET', request.path);
  if (route === undefined) {
    return GATEWAY_ANSWERS.notFound;
  }
  const event = JSON.stringify(toEvent(request, route));
  if (Buffer.byteLength(event) > MAX_PAYLOAD_BYTES) {
    return GATEWAY_ANSWERS.bodyTooLarge;
  }
  const tell = (why: string) => report(`${route.functionName}: ${why}`);
  const fail = (why: string, answer: Answer) => {
    tell(why);
    return answer;
  };
  if (route.isAsync) {
    functions
      .invoke(route.functionName, event)
      .then((outcome) => 'error' in outcome && tell(outcome.error.trace))
      .catch((error) => tell(String(error)));
    return GATEWAY_ANSWERS.accepted;
  }
  const late = new Error(`there was no answer after ${maxWaitMs / 1000} s`);
  const outcome = await within(functions.invoke(route.functionName, event), maxWaitMs, () => late).catch(
    () => undefined,
  );
  if (outcome === undefined) {
    return fail(late.message, GATEWAY_ANSWERS.late);
  }
  if ('error' in outcome) {
    return fail(outcome.error.trace, GATEWAY_ANSWERS.functionFailed);
  }
  if (Buffer.byteLength(outcome.result) > MAX_PAYLOAD_BYTES) {
    const why = `the result is over the ${MAX_PAYLOAD_BYTES} bytes that Lambda allows`;
    return fail(why, GATEWAY_ANSWERS.functionFailed);
  }
  return toAnswer(outcome.result) ?? fail('the result is not an answer', GATEWAY_ANSWERS.functionFailed);
}

function headerBytes({ method, url, rawHeaders }: IncomingMessage): number {
  const values = rawHeaders.filter((_, index) => index % 2 === 1);
  return [`${method} ${url} HTTP/1.1`, ...values].join('').length;
}

/** The target of a request; `path`: percent-decoded, undefined when it cannot be decoded. */
function readTarget(target: string): { readonly path: string | undefined; readonly query: string } {
  const [path = '', ...query] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  try {
    return { path: decodeURIComponent(path) || '/', query: query.join('?') };
  } catch {
    return { path: undefined, query: '' };
  }
}
