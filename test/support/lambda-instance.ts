import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { packageModels } from '../../src/bundle/package.ts';
import { type Outcome, openRuntimeApi } from './runtime-api.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
// Not in package.json: its native half takes a minute, cmake and a C++ compiler to build.
const RIC = resolve(
  process.env.AWS_LAMBDA_RIC ?? join(ROOT, '.tools/node_modules/aws-lambda-ric'),
  'index.mjs',
);
/** Whether instances run under AWS' own client of the Runtime API, or under a plain loop. */
export const HAS_RIC = existsSync(RIC);
const CLIENT = HAS_RIC ? RIC : join(ROOT, 'test/support/runtime-loop.mjs');
// Another node than this one may be chosen.
const NODE = process.env.LAMBDA_NODE ?? process.execPath;
// Lambda switches both off: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
const NODE_OPTIONS = ['--no-experimental-require-module', '--no-experimental-detect-module'];

/** The process of one instance of a function. */
export interface Instance {
  /** Hands it an event, once it asks for one. After its end: its end, as an error. */
  invoke(event: unknown): Promise<Outcome>;
  /** The text that it has written so far. */
  output(): string;
  /** Kills it, whatever it is doing; resolves, when it has ended, with the text that it has written. */
  kill(): Promise<string>;
}

/** Packages models by name, and unpacks the zip below `folder`, where nothing else is; returns where. */
export async function unpackModels(
  folder: string,
  models: Readonly<Record<string, string>>,
): Promise<string> {
  const root = join(folder, 'project');
  mkdirSync(root, { recursive: true });
  // Packaging also writes dist/, which is the developer's own in this repository.
  for (const name of ['handlers', 'src']) {
    symlinkSync(join(ROOT, name), join(root, name));
  }
  const out = join(folder, 'model.zip');
  await packageModels({ root, models, out, architecture: process.arch === 'x64' ? 'x64' : 'arm64' });
  const task = join(folder, 'task');
  for (const [path, contents] of Object.entries(unzipSync(readFileSync(out)))) {
    mkdirSync(dirname(join(task, path)), { recursive: true });
    writeFileSync(join(task, path), contents);
  }
  return task;
}

/** The variables that Lambda sets for the function `name`, unpacked in `task`. */
export function lambdaEnvironment(task: string, name: string): Readonly<Record<string, string>> {
  return {
    _HANDLER: `handlers/${name}.handler`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/03/10/[$LATEST]0123456789abcdef0123456789abcdef',
    LAMBDA_TASK_ROOT: task,
    TZ: ':UTC',
  };
}

/**
 * Starts an instance of a function, with the environment that Lambda and its configuration give it, and
 * nothing of this one.
 */
export async function startInstance(
  task: string,
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Instance> {
  const api = await openRuntimeApi();
  const instance = spawnRuntime(task, {
    ...lambdaEnvironment(task, name),
    AWS_LAMBDA_RUNTIME_API: api.address,
    ...environment,
  });
  let output = '';
  for (const stream of [instance.stdout, instance.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const closed = once(instance, 'close').then(([code]) => {
    api.fail({ errorType: 'Runtime.ExitError', errorMessage: `the runtime ended with ${code}: ${output}` });
    api.close();
  });
  return {
    invoke: (event) => api.invoke(event),
    output: () => output,
    async kill() {
      instance.kill('SIGKILL');
      await closed;
      return output;
    },
  };
}

/** Starts the client of the Runtime API in `task`, with this environment alone. */
export function spawnRuntime(
  task: string,
  environment: Readonly<Record<string, string>>,
  node = NODE,
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(node, [...NODE_OPTIONS, CLIENT], {
    cwd: task,
    // Pipes, as Lambda has them: the first line of a log costs less to a file.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
}
