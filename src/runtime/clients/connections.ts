import type { Agent, ClientRequest, IncomingHttpHeaders, OutgoingHttpHeaders, request } from 'node:http';
import type { Socket } from 'node:net';
import { CallFailure, connectionError, NotCarriedOut } from '../call-failure.ts';
import { monotonicMs } from '../clock.ts';

/**
 * Milliseconds after which an idle connection is not used again.
 *
 * The server closes an idle connection (S3 after about 5 s, DynamoDB after about 60 s). An instance that was
 * frozen meanwhile notices only when its next call fails; if that is a write, it may have happened. A new
 * connection costs a round trip or two.
 *
 * @see https://github.com/aws/aws-sdk-java-v2/issues/1122, https://github.com/aws/aws-sdk-js-v3/issues/1196
 */
const MAX_IDLE_MS = 4000;

/** One call. */
export interface HttpCall {
  /** Name of the call, for messages: `DynamoDB GetItem on table my-table`. */
  readonly what: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly endpoint: URL;
  /** Percent-encoded, from the root; sent as it is. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | string;
  readonly timeoutMs: number;
  /**
   * Starts `timeoutMs` again with each piece of the answer: for bodies so long that the bandwidth decides how
   * long they take.
   */
  readonly isUntilIdle?: boolean;
  /** Idempotent: sending it twice has the effect of sending it once. */
  readonly isRepeatable: boolean;
  /** Called when the whole request has been sent. */
  readonly onSent?: (() => void) | undefined;
  /** Called with each piece of the answer; may destroy the request with an error, whose code is answered. */
  readonly onData?: (chunk: Buffer, sent: ClientRequest) => void;
}

/** An answer, of any status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** HTTP over connections that are kept alive. */
export interface Connections {
  /**
   * Sends a call and waits for all of its answer.
   *
   * A repeatable call whose kept connection is dead is sent again on a new one. Any other call is sent at
   * most once. This matters most for a conditional write: if it was applied and only its answer was lost, a
   * second one would be refused because of the first, and the write would seem not to have happened.
   *
   * @throws Error with call, host and milliseconds when there is no answer in time.
   */
  send(call: HttpCall): Promise<HttpAnswer>;
  close(): void;
}

/** Connections to hosts that all speak `protocol`, `http:` or `https:`; none is made yet. */
export function openConnections(protocol: string): Connections {
  let transport: Transport | undefined;
  return {
    async send(call) {
      const endAt = monotonicMs() + call.timeoutMs;
      transport ??= loadTransport(protocol);
      closeIdle(transport, MAX_IDLE_MS);
      return exchange(transport, call, endAt);
    },
    close() {
      transport?.agent.destroy();
      transport = undefined;
    },
  };
}

interface Transport {
  readonly request: typeof request;
  readonly agent: Agent;
  readonly freedAt: WeakMap<Socket, number>;
}

function loadTransport(protocol: string): Transport {
  // Not imported: the import of a module reads all its exports, also the WebSocket of node:http, for which
  // node 22 and 24 load undici, http2 and webstreams: 30 ms. Emulators speak plain HTTP and do not need TLS.
  const http =
    protocol === 'http:' ? process.getBuiltinModule('node:http') : process.getBuiltinModule('node:https');
  const agent = new http.Agent({ keepAlive: true });
  const freedAt = new WeakMap<Socket, number>();
  // The wall clock goes on while the instance is frozen.
  agent.on('free', (socket: Socket) => freedAt.set(socket, Date.now()));
  return { request: http.request, agent, freedAt };
}

/** Node sends a long text several times slower than its bytes, and a short one faster: with the headers. */
const LONG_TEXT = 2 ** 14;

function toBytes(body: HttpCall['body']): HttpCall['body'] {
  return typeof body === 'string' && body.length > LONG_TEXT ? Buffer.from(body) : body;
}

function closeIdle({ agent, freedAt }: Transport, maxIdleMs: number): void {
  const now = Date.now();
  for (const host in agent.freeSockets) {
    for (const socket of [...(agent.freeSockets[host] ?? [])]) {
      if (now - (freedAt.get(socket) ?? 0) > maxIdleMs) {
        socket.destroy();
      }
    }
  }
}

function exchange(transport: Transport, call: HttpCall, endAt: number): Promise<HttpAnswer> {
  const { what, endpoint, timeoutMs } = call;
  return new Promise((resolve, reject) => {
    const name = () => `${what} at ${endpoint.host}`;
    const leftMs = endAt - monotonicMs();
    if (leftMs <= 0) {
      return reject(
        new NotCarriedOut(`${name()}: not sent, no time is left of ${timeoutMs} ms`, 'no time is left'),
      );
    }

    const sent = transport.request({
      agent: transport.agent,
      hostname: endpoint.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: endpoint.port,
      method: call.method,
      path: call.path,
      headers: call.headers,
    });
    let mayRepeat = call.isRepeatable;
    const timer = setTimeout(() => {
      mayRepeat = false;
      reject(new CallFailure(`${name()}: no answer within ${timeoutMs} ms`, 'no answer'));
      sent.destroy();
    }, leftMs);
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (mayRepeat && sent.reusedSocket) {
        closeIdle(transport, -1);
        resolve(exchange(transport, call, endAt));
      } else {
        reject(connectionError(`${name()}: ${error.message || error.code}`, error.code, error));
      }
    };
    if (call.onSent) {
      sent.once('finish', call.onSent);
    }
    sent.on('error', fail);
    // Without this, node closes the connection of an answer with status 101, and says nothing.
    sent.on('upgrade', ({ statusCode = 0, headers }, socket) => {
      socket.destroy();
      clearTimeout(timer);
      resolve({ status: statusCode, headers, body: Buffer.alloc(0) });
    });
    sent.on('response', (response) => {
      mayRepeat = false;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        call.onData?.(chunk, sent);
        if (call.isUntilIdle) {
          timer.refresh();
        }
      });
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    sent.end(toBytes(call.body));
  });
}
