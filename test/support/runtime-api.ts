import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

const BASE = '/2018-06-01/runtime/';
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:seldon-lambda';
const TIMEOUT_MS = 29_000;

/** A runtime's report of a call that failed, or of its own failed start. */
export interface RuntimeError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** The end of an invocation: the handler's answer, or its error. */
export type Outcome = { readonly requestId: string } & (
  | { readonly result: unknown }
  | { readonly error: RuntimeError }
);

/**
 * Lambda's side of one instance: it has the events, the instance's runtime asks for them and posts what
 * became of them.
 */
export interface RuntimeApi {
  /** `host:port`, for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Keeps an event until the runtime asks for the next one. */
  invoke(event: unknown): Promise<Outcome>;
  /** The instance is gone: ends every call that is open, and every later one, with this error. */
  fail(error: RuntimeError): void;
  /** Stops listening. */
  close(): void;
}

interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  readonly end: (outcome: Outcome) => void;
}

/**
 * Serves the Lambda Runtime API on a free port of 127.0.0.1.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function openRuntimeApi(): Promise<RuntimeApi> {
  const open = new Map<string, Invocation>();
  const queue: Invocation[] = [];
  const polls: ServerResponse[] = [];
  let failure: RuntimeError | undefined;

  const server = createServer(async (request, response) => {
    if (!request.url?.startsWith(BASE)) {
      return reply(response, 404);
    }
    if (request.url === `${BASE}invocation/next`) {
      polls.push(response);
      return handOut();
    }
    const body = await json(request).catch(() => undefined);
    // The instance was killed while it was reporting: nothing was reported.
    if (!request.complete) {
      return;
    }
    reply(response, report(request.url.slice(BASE.length), body) ? 202 : 400);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    invoke: (event) =>
      new Promise((end) => {
        const invocation = { requestId: randomUUID(), event, end };
        if (failure) {
          return end({ requestId: invocation.requestId, error: failure });
        }
        open.set(invocation.requestId, invocation);
        queue.push(invocation);
        handOut();
      }),
    fail,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };

  function handOut(): void {
    while (queue.length > 0 && polls.length > 0) {
      const { requestId, event } = queue.shift() as Invocation;
      const body = JSON.stringify(event);
      (polls.shift() as ServerResponse).writeHead(200, invocationHeaders(requestId)).end(body);
    }
  }

  /**
   * Whether `path` is a report that was due: `init/error`, or `invocation/{id}/` with `response` or `error`.
   */
  function report(path: string, body: unknown): boolean {
    if (path === 'init/error') {
      fail(body as RuntimeError);
      return true;
    }
    const [, requestId = '', kind] = path.split('/');
    const invocation = open.get(requestId);
    open.delete(requestId);
    if (kind === 'response') {
      invocation?.end({ requestId, result: body });
    } else if (kind === 'error') {
      invocation?.end({ requestId, error: body as RuntimeError });
    }
    return invocation !== undefined;
  }

  function fail(error: RuntimeError): void {
    failure ??= error;
    for (const { requestId, end } of open.values()) {
      end({ requestId, error: failure });
    }
    open.clear();
    queue.length = 0;
  }
}

function invocationHeaders(requestId: string): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': requestId,
    'Lambda-Runtime-Deadline-Ms': String(Date.now() + TIMEOUT_MS),
    'Lambda-Runtime-Invoked-Function-Arn': FUNCTION_ARN,
    'Lambda-Runtime-Trace-Id': `Root=1-${randomBytes(4).toString('hex')}-${randomBytes(12).toString('hex')};Sampled=0`,
  };
}

function reply(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end('{"status":"OK"}\n');
}
