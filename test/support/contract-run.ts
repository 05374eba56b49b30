import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bundledScript } from './bundled-script.ts';
import type { CommandInTurn } from './commands-in-turn.ts';
import { freePorts } from './free-ports.ts';
import { environmentOf, type Running, run, start } from './project.ts';
import { sharedProcess } from './shared-process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCE = new URL('contract-command.ts', import.meta.url);
const running: Running[] = [];

const inTurn = sharedProcess<CommandInTurn>(() => bundledScript(SOURCE));

/** Runs the contract tester to its end, in one process with those before it. */
export function contract(...args: readonly string[]): ReturnType<typeof inTurn> {
  return contractIn({}, ...args);
}

/** Runs the contract tester to its end, with more variables in its environment. */
export function contractIn(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): ReturnType<typeof inTurn> {
  return inTurn({ cwd: ROOT, args: ['contract', ...args], env: environmentOf(ROOT, environment) });
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
