import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '../free-ports.ts';

/** The program `redis-server` (Debian: apt-get install redis-server) is there. */
export const isRedisInstalled = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis server of one's own, on a free port of 127.0.0.1, that keeps nothing on disk. */
export interface RedisProcess {
  /** Without `redis://` and what may stand before it. */
  readonly address: string;
  readonly folder: string;
  /** Sends a signal: SIGSTOP, SIGCONT. */
  signal(signal: NodeJS.Signals): void;
  kill(): Promise<void>;
  /** On the same port, empty. */
  restart(): Promise<void>;
  /** Kills it and removes its folder. */
  close(): Promise<void>;
}

/**
 * Starts a server and waits until it takes connections.
 *
 * @param settings - of redis.conf, by name.
 */
export async function startRedis(
  settings: (port: number) => Readonly<Record<string, string | readonly string[]>> = () => ({}),
): Promise<RedisProcess> {
  const [port] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const all = {
    port: `${port}`,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    ...settings(port),
  };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...[value].flat()]);
  let server = await start(args);
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) {
      return;
    }
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  return {
    address: `127.0.0.1:${port}`,
    folder,
    signal: (signal) => server.kill(signal),
    kill,
    async restart() {
      await kill();
      server = await start(args);
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}

async function start(args: readonly string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  for await (const line of createInterface(server.stdout)) {
    said.push(line);
    if (line.includes('Ready to accept connections')) {
      server.stdout.resume();
      return server;
    }
  }
  throw new Error(`redis-server did not start:\n${said.join('\n')}`);
}
