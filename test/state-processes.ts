import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { packageModels } from '../src/package/package-models.ts';
import { apiGatewayV2, readResult, type TestRequest } from './events.ts';
import { openRuntimeApi } from './runtime-api.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const RIC = resolve(
  process.env.AWS_LAMBDA_RIC ?? join(ROOT, '.tools/node_modules/aws-lambda-ric'),
  'index.mjs',
);
const CLIENT = existsSync(RIC) ? RIC : join(ROOT, 'test/runtime-loop.mjs');
const NODE = process.env.LAMBDA_NODE ?? process.execPath;
// Lambda switches both off: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
const NODE_OPTIONS = ['--no-experimental-require-module', '--no-experimental-detect-module'];

/** What a function answered over HTTP. */
export type Answer = ReturnType<typeof readResult>;

/** A packaged model, unpacked where nothing else is. */
export interface Task {
  readonly folder: string;
  /** Starts instances of a function, with this environment and Lambda's own; all of them at once. */
  start(name: string, environment: Readonly<Record<string, string>>, count: number): Promise<Fleet>;
  /** Ends every instance and removes the files. */
  close(): Promise<void>;
}

/** Instances of one function, each a process that takes one event at a time. */
export interface Fleet {
  /** Sends a request to instance `index`; undefined: it was killed before it answered. Throws when it ended by itself. */
  send(request: TestRequest, index: number): Promise<Answer | undefined>;
  /** Kills instance `index` wherever it is, and starts another in its place. */
  kill(index: number): Promise<void>;
  /** What all instances that there were have written. */
  output(): string;
  close(): Promise<void>;
}

interface Instance {
  send(request: TestRequest): Promise<Answer | undefined>;
  output(): string;
  kill(): Promise<void>;
}

/** Packages a model, alone, and unpacks the zip. */
export async function packageTask(name: string, file: string): Promise<Task> {
  const folder = mkdtempSync(join(tmpdir(), 'seldon-task-'));
  const root = join(folder, 'project');
  mkdirSync(root);
  // Packaging also writes dist/, which is the developer's own in this repository.
  for (const name of ['handlers', 'src']) symlinkSync(join(ROOT, name), join(root, name));
  const out = join(folder, 'model.zip');
  await packageModels({ root, models: { [name]: file }, out });
  const task = join(folder, 'task');
  for (const [path, contents] of Object.entries(unzipSync(readFileSync(out)))) {
    mkdirSync(dirname(join(task, path)), { recursive: true });
    writeFileSync(join(task, path), contents);
  }
  const fleets: Fleet[] = [];
  return {
    folder: task,
    async start(name, environment, count) {
      const fleet = await startFleet(() => startInstance(task, name, environment), count);
      fleets.push(fleet);
      return fleet;
    },
    async close() {
      await Promise.all(fleets.map((fleet) => fleet.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startFleet(start: () => Promise<Instance>, count: number): Promise<Fleet> {
  const instances = await Promise.all(Array.from({ length: count }, start));
  const all = [...instances];
  const at = (index: number) => instances[index % count] as Instance;
  return {
    send: (request, index) => at(index).send(request),
    async kill(index) {
      const killed = at(index).kill();
      const next = await start();
      instances[index % count] = next;
      all.push(next);
      await killed;
    },
    output: () => all.map((instance) => instance.output()).join('\n'),
    async close() {
      await Promise.all(instances.map((instance) => instance.kill()));
    },
  };
}

async function startInstance(
  task: string,
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<Instance> {
  const api = await openRuntimeApi();
  const instance = spawn(NODE, [...NODE_OPTIONS, CLIENT], {
    cwd: task,
    env: {
      _HANDLER: `handlers/${name}.handler`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/03/10/[$LATEST]0123456789abcdef0123456789abcdef',
      AWS_LAMBDA_RUNTIME_API: api.address,
      LAMBDA_TASK_ROOT: task,
      TZ: ':UTC',
      ...environment,
    },
  });
  let output = '';
  for (const stream of [instance.stdout, instance.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let isKilled = false;
  const closed = once(instance, 'close').then(([code]) => {
    api.fail({ errorType: 'Runtime.ExitError', errorMessage: `the runtime ended with ${code}: ${output}` });
    api.close();
  });
  return {
    async send(request) {
      const outcome = await api.invoke(apiGatewayV2(request));
      if (!('error' in outcome)) return readResult(outcome.result);
      if (isKilled) return undefined;
      throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`);
    },
    output: () => output,
    async kill() {
      isKilled = true;
      instance.kill('SIGKILL');
      await closed;
    },
  };
}
