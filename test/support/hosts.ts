import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServedModel } from '../../src/testing/serve.ts';
import { readResult, type TestRequest } from './events.ts';
import type { Deployment } from './functions.ts';
import { httpApiEvent } from './peers/gateway-event.ts';

const servers: Server[] = [];

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly bytes: Uint8Array;
}

/**
 * A host that answers as it is told to, there until {@link closeHosts}: its URL, and what it has received.
 */
export async function host(
  answer: (request: Received, response: ServerResponse, index: number) => unknown,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const bytes = Buffer.concat(await request.toArray());
    const { method, url, headers } = request;
    received.push({ method: method as string, path: url as string, headers, body: bytes.toString(), bytes });
    answer(received.at(-1) as Received, response, received.length - 1);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

/** A host that answers each request with one JSON document. */
export function hostOf(message: unknown, status = 200): ReturnType<typeof host> {
  return host((_request, response) => response.writeHead(status).end(JSON.stringify(message)));
}

/** A host that hands each request to the functions, as the event of an HTTP API. */
export function hostOfFunctions(functions: Deployment): ReturnType<typeof host> {
  return hostOfGateway((request) => functions.send(request, httpApiEvent));
}

/** A host that hands each request to a model that is served in this process, as the event of an HTTP API. */
export function hostOfModel(model: ServedModel): ReturnType<typeof host> {
  return hostOfGateway(async (request) => readResult(await model.invoke(httpApiEvent(request))));
}

function hostOfGateway(
  send: (request: TestRequest) => Promise<ReturnType<typeof readResult>>,
): ReturnType<typeof host> {
  return host(async ({ headers, method, path, bytes }, response) => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const body = bytes.length === 0 ? {} : { body: bytes };
    const answer = await send({ method, path, headers: given, ...body });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
}

/** Closes the hosts that the tests of a file have opened. */
export function closeHosts(): void {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
}
