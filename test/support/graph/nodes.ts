import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createInstance } from '../../../src/runtime/instance/instance.ts';
import { createDispatcher } from '../../../src/runtime/lambda/dispatch.ts';
import { createHandler } from '../../../src/runtime/lambda/handler.ts';
import type { UnitSettings } from '../../../src/runtime/unit/settings.ts';
import { ENDPOINTS } from '../../../src/testing/endpoints.ts';
import { apiGatewayV2, lambdaContext, readResult } from '../events.ts';
import { type ArrivedCall, jsonOf, type StubAnswer } from './graph-case.ts';

/** A request to a node. */
export interface NodeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An answer of a node; `hang up`: none, and the connection ends. */
export type NodeAnswer =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | Uint8Array;
    }
  | 'hang up';

/** A node that is not in the process of the graph. */
export type Node = (request: NodeRequest) => Promise<NodeAnswer>;

/** A node that answers what the executor's node answered, and notes its calls. */
export function stubNode(
  node: string,
  answers: Readonly<Record<string, StubAnswer>>,
  arrived: ArrivedCall[],
): Node {
  return async ({ method, path, headers, body }) => {
    const text = body.toString();
    arrived.push({ node, method, path, body: jsonOf(text), headers });
    const stub = answers[path] ?? answers['*'] ?? {};
    if (stub.delayMs !== undefined) {
      await setTimeout(stub.delayMs);
    }
    const { status = 200, contentType = 'application/json', hangUp, gzip } = stub;
    if (hangUp) {
      return 'hang up';
    }
    const answer = stub.body ?? text;
    return {
      status,
      headers: { 'content-type': contentType, ...(gzip && { 'content-encoding': 'gzip' }) },
      body: gzip ? gzipSync(answer) : answer,
    };
  };
}

/** A node that is the functions of this package. */
export async function functionsNode(settings: Partial<UnitSettings>): Promise<Node> {
  const environment = { SELDON_LOG_LEVEL: 'ERROR', METRICS_EMF: 'false' };
  const instance = createInstance({ environment, units: [settings] });
  const { handler } = await createDispatcher(
    Object.fromEntries(
      Object.entries(ENDPOINTS).map(([name, load]) => [
        name,
        async () => ({ handler: await createHandler([await load()], { instance }) }),
      ]),
    ) as never,
    async () => ({ handler: await createHandler([], { instance }) }),
    instance,
  );
  return async ({ method, path, headers, body }) =>
    readResult(
      await handler(
        apiGatewayV2({
          method,
          path,
          headers: { ...headers },
          // Bytes behind JSON are no text.
          ...(method === 'POST' && {
            body: 'inference-header-content-length' in headers ? body : body.toString(),
          }),
        }),
        lambdaContext(),
      ),
    );
}

const servers: Server[] = [];

/** Closes all servers that were opened here. */
export function closeNodes(): void {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
}

/** Opens a server until {@link closeNodes}. */
export async function openServer(
  answer: (request: IncomingMessage, body: Buffer) => Promise<NodeAnswer>,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const answered = await answer(request, await buffer(request));
    if (answered === 'hang up') {
      request.socket.destroy();
    } else {
      response.writeHead(answered.status, answered.headers).end(answered.body);
    }
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Serves nodes over HTTP; the result gives the target of each. Without a node, nobody listens there. */
export async function openHttpNodes(nodes: ReadonlyMap<string, Node>): Promise<(name: string) => string> {
  const url = await openServer(async ({ method, url: path = '', headers }, body) => {
    const [, name = '', rest = ''] = /^\/([^/]+)(\/.*)$/.exec(path) ?? [];
    const node = nodes.get(decodeURIComponent(name)) as Node;
    return node({ method: method as string, path: rest, headers: headers as Record<string, string>, body });
  });
  // Port 1 is reserved, and nobody listens there.
  return (name) => (nodes.has(name) ? `${url}/${encodeURIComponent(name)}` : 'http://127.0.0.1:1');
}
