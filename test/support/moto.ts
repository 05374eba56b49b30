import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import aws4 from 'aws4';
import { freePorts } from './free-ports.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const IS_THERE =
  'import sys, importlib.util as u; sys.exit(None in [u.find_spec(n) for n in ("moto", "flask", "werkzeug")])';

const PYTHON = ['python3', `${ROOT}.tools/moto/bin/python3`].find(
  (python) => spawnSync(python, ['-c', IS_THERE]).status === 0,
);

/** Whether moto is installed. It is not a package of npm: `pip install 'moto[server,cloudformation]'`. */
export const HAS_MOTO = PYTHON !== undefined;

/** An emulated account of AWS. */
export interface Moto {
  /** Makes serverless use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The JSON that a service answers to a request. `target`: the operation, for DynamoDB. */
  ask(service: 'lambda' | 'dynamodb', path: string, target?: string, input?: object): Promise<Answer>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has an answer of its own.
  readonly json: any;
}

const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Starts moto, with stand-ins for what it lacks, on a free port. */
export async function openMoto(): Promise<Moto> {
  const [port] = await freePorts(1);
  const server = spawn(PYTHON as string, [`${ROOT}test/support/moto-server.py`, `${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await isListening(server);
  const url = `http://127.0.0.1:${port}`;
  return {
    environment: {
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_ENDPOINT_URL: url,
      // Milliseconds between two looks at the state of a stack.
      SLS_AWS_MONITORING_FREQUENCY: '50',
    },
    async ask(service, path, target, input) {
      const { headers } = aws4.sign(
        {
          service,
          region: 'us-east-1',
          host: `127.0.0.1:${port}`,
          path,
          method: target === undefined ? 'GET' : 'POST',
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            ...(target === undefined ? {} : { 'x-amz-target': `DynamoDB_20120810.${target}` }),
          },
          body: input === undefined ? '' : JSON.stringify(input),
        },
        KEYS,
      );
      const { Host: _host, 'Content-Length': _length, ...others } = headers as Record<string, string>;
      const answer = await fetch(`${url}${path}`, {
        headers: others,
        ...(target === undefined ? {} : { method: 'POST', body: JSON.stringify(input) }),
      });
      return { status: answer.status, json: await answer.json() };
    },
    close: async () => {
      const ended = once(server, 'close');
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** Goes on reading what it writes: it waits when nobody does. */
async function isListening(server: ChildProcess): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.setEncoding('utf8').on('data', (chunk) => {
      text = (text + chunk).slice(-5000);
      if (text.includes('Running on')) {
        resolve();
      }
    });
    server.once('close', (code) => reject(new Error(`moto ended with ${code}:\n${text}`)));
  });
}
