import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { bundledScript } from './bundled-script.ts';
import type { Deployment } from './functions.ts';
import { freePorts, type Running, run, start } from './project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCE = new URL('contract-command.ts', import.meta.url);
const servers: Server[] = [];
const running: Running[] = [];

/** A request as it came. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Runs the contract tester to its end, bundled: it starts three times as fast. */
export function contract(...args: readonly string[]): ReturnType<typeof run> {
  return run(ROOT, [process.execPath, bundledScript(SOURCE), 'contract', ...args]);
}

/** Runs the contract tester to its end, with more variables in its environment. */
export function contractIn(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): ReturnType<typeof run> {
  return run(ROOT, [process.execPath, bundledScript(SOURCE), 'contract', ...args], environment);
}

/** Runs the contract tester to its end with `npm run contract`. */
export function npmRunContract(...args: readonly string[]): ReturnType<typeof run> {
  return run(ROOT, ['npm', 'run', '--silent', 'contract', '--', ...args]);
}

/** Starts the contract tester. */
export function startContract(...args: readonly string[]): Running {
  return start(ROOT, [process.execPath, bundledScript(SOURCE), 'contract', ...args]);
}

/**
 * A host that answers as it is told to, there until {@link closeHosts}: its URL, and what it has received.
 */
export async function host(
  answer: (request: Received, response: ServerResponse, index: number) => unknown,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    received.push({ path: request.url as string, headers: request.headers, body });
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

/** A host that hands each request to the functions. */
export function hostOfFunctions(functions: Deployment): ReturnType<typeof host> {
  return host(async ({ path, body }, response) => {
    const answer = await functions.send({ method: 'POST', path, body });
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

/**
 * Starts the server of `npm start` in a copy of the project; returns its URL. It runs until {@link
 * stopServers}.
 */
export async function serve(project: string, ...args: readonly string[]): Promise<string> {
  const [httpPort, lambdaPort] = await freePorts(2);
  const ports = ['--httpPort', `${httpPort}`, '--lambdaPort', `${lambdaPort}`];
  const server = start(project, [process.execPath, 'src/cli/bin.js', 'start', ...ports, ...args]);
  running.push(server);
  await server.says(/^curl http.*\n/m);
  return `http://127.0.0.1:${httpPort}`;
}

/** Stops the servers that {@link serve} has started. */
export async function stopServers(): Promise<void> {
  const ending = running.splice(0).filter(({ process }) => process.exitCode === null);
  await Promise.all(ending.map(({ process }) => process.kill() && once(process, 'exit')));
}
