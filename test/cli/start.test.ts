import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DOOR_REQUESTS, sendAsEvent, sendTo } from '../support/both-doors.ts';
import { freePorts } from '../support/free-ports.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { copyProject, type Running, removeFolders, run, start, temporaryFolder } from '../support/project.ts';
import { program } from '../support/shared-program.ts';

const IRIS = { data: { ndarray: [[5.1, 3.5, 1.4, 0.2]] } };
const READY = /^curl http.*\n/m;
const home = temporaryFolder();
const running: Running[] = [];

afterAll(async () => {
  for (const { process } of running) {
    process.kill('SIGKILL');
  }
  await Promise.all(running.map(({ ended }) => ended));
  removeFolders();
}, 240_000);

interface Server extends Running {
  readonly url: string;
}

/** `npm start` in a copy of the project, on ports that nobody uses. */
async function serve(
  project: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<Server> {
  const [httpPort, lambdaPort] = await freePorts(2);
  const ports = ['--httpPort', `${httpPort}`, '--lambdaPort', `${lambdaPort}`];
  const server = start(project, ['npm', 'start', '--', ...ports, ...args], { HOME: home, ...environment });
  running.push(server);
  await server.says(READY);
  return { ...server, url: `http://127.0.0.1:${httpPort}` };
}

async function post(url: string, message: unknown): Promise<{ status: number; json: Message }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
  });
  return { status: response.status, json: (await response.json()) as Message };
}

interface Message {
  readonly jsonData?: Record<string, string>;
  readonly strData?: string;
  readonly data?: { readonly names?: string[]; readonly ndarray?: number[][] };
  readonly status?: { readonly reason?: string; readonly info?: string };
}

describe('npm start', () => {
  let project: string;
  let server: Server;

  beforeAll(async () => {
    project = copyProject();
    server = await serve(project);
  }, 240_000);

  test('serves the model and the other endpoints over HTTP', async () => {
    const { status, json } = await post(`${server.url}/predict`, IRIS);
    expect({ status, names: json.data?.names }).toEqual({
      status: 200,
      names: ['setosa', 'versicolor', 'virginica'],
    });
    expect(await (await fetch(`${server.url}/health/ping`)).text()).toBe('pong');
    expect((await fetch(`${server.url}/seldon.json`)).status).toBe(200);
  });

  describe('answers what Lambda answers:', () => {
    let functions: Deployment;

    beforeAll(() => {
      functions = deploy({
        MODEL_NAME: 'Iris',
        MODEL_DIR: fileURLToPath(new URL('../../models', import.meta.url)),
        STATE_URL: pathToFileURL(temporaryFolder()).href,
        METRICS_EMF: 'false',
      });
    });

    test.each(Object.entries(DOOR_REQUESTS))('%s', async (_, request) => {
      const local = await sendTo(server.url, request);
      expect(local.status).toBe(request.status);
      expect(local).toEqual(await sendAsEvent(functions, server.url, request));
    });

    test.each([
      [
        'a body over 6 MB',
        { 'content-type': 'application/json' },
        'x'.repeat(6_291_000),
        413,
        'Request Entity Too Large',
      ],
      ['a body over 6 MB as base64', {}, 'x'.repeat(4_800_000), 413, 'Request Entity Too Large'],
      ['headers over 10 kB', { 'x-long': 'x'.repeat(10_240) }, '', 431, 'Request Header Fields Too Large'],
    ])('%s is refused as API Gateway does', async (_, headers, body, status, message) => {
      const answer = await sendTo(server.url, { path: '/predict', headers, body, status });
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toEqual({ message });
    });
  });

  test('leaves errors to the functions: unknown paths, methods and bad data', async () => {
    const missing = await post(`${server.url}/no/where`, IRIS);
    expect(missing).toMatchObject({ status: 404, json: { status: { reason: 'MICROSERVICE_NOT_FOUND' } } });
    expect((await fetch(`${server.url}/predict`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${server.url}/health/ping`, { method: 'OPTIONS' })).ok).toBe(true);
    expect(await post(`${server.url}/predict`, { data: { ndarray: [[1]] } })).toMatchObject({ status: 400 });
  });

  test('prints each endpoint with its methods and its function, and a call that works', async () => {
    expect(server.text()).toContain(`Iris at ${server.url}\n`);
    expect(server.text()).toMatch(/^ +GET,POST +\/predict +predict$/m);
    expect(server.text()).toMatch(/^ +POST +\/api\/v1\.0\/feedback +send-feedback$/m);
    expect(server.text()).toMatch(/^ +GET +\/health\/ping +ping$/m);
    const [, url, body] = /^curl (\S+) -H '.*' -d '(.*)'$/m.exec(server.text()) ?? [];
    expect(await post(url as string, JSON.parse(body as string))).toMatchObject({ status: 200 });
  });

  test('prints what functions log, and nothing of what serves them', async () => {
    await post(`${server.url}/predict`, { data: { ndarray: [[1]] } });
    await server.says(/^\{.*MICROSERVICE_BAD_DATA.*\}$/m);
    expect(server.text()).not.toMatch(/λ|RequestId|Offline|┌/);
  });

  test('serves a changed model at once; one that does not compile is reported, and the last one stays', async () => {
    const file = join(project, 'models/Iris.ts');
    const source = readFileSync(file, 'utf8');
    const change = async (code: string, answer: RegExp) => {
      const { length } = server.text();
      writeFileSync(file, code);
      await server.says(answer, length);
      return (await post(`${server.url}/predict`, IRIS)).json.data?.names;
    };
    const changed = source.replace('return CLASSES;', "return ['a', 'b', 'c'];");
    expect(await change(changed, /^rebuilt in \d+ ms$/m)).toEqual(['a', 'b', 'c']);
    expect(await change('export class Iris {\n  predict( {}\n}\n', /^models\/Iris\.ts:3:\d+: /m)).toEqual([
      'a',
      'b',
      'c',
    ]);
    // Further down than all code of the version before.
    const below = `${'// a line\n'.repeat(200)}export class Iris {\n  predict( {}\n}\n`;
    await change(below, /^models\/Iris\.ts:203:1: /m);
    expect(await change(source, /^rebuilt in \d+ ms$/m)).toEqual(['setosa', 'versicolor', 'virginica']);
  });

  test('ends the instance whose model does not handle an error or exits, and serves on', async () => {
    const file = join(project, 'models/Iris.ts');
    const source = readFileSync(file, 'utf8');
    const { length } = server.text();
    writeFileSync(file, WILD);
    await server.says(/^rebuilt in \d+ ms$/m, length);
    for (const [act, said] of [
      ['reject', /^predict: Error: nobody handles this\n +at .*models\/Iris\.ts:\d+/m],
      ['exit', /^predict: Runtime exited with error: exit status 3$/m],
    ] as const) {
      const { status, json } = await post(`${server.url}/predict`, { strData: act });
      expect({ status, json }).toEqual({ status: 500, json: { message: 'Internal Server Error' } });
      await server.says(said, length);
      expect(await post(`${server.url}/predict`, { strData: 'fine' })).toMatchObject({ status: 200 });
    }
    writeFileSync(file, source);
  });

  test('loads a file of the model again when it has changed, and when it has come', async () => {
    const file = join(project, 'models/Iris.ts');
    const source = readFileSync(file, 'utf8');
    const weights = join(project, 'models/weights.txt');
    const change = async (path: string, text: string) => {
      const { length } = server.text();
      writeFileSync(path, text);
      await server.says(/^rebuilt in \d+ ms$/m, length);
      return (await post(`${server.url}/predict`, { strData: '' })).json;
    };
    expect(await change(file, WEIGHED)).toMatchObject({
      status: { info: expect.stringContaining('weights.txt') },
    });
    expect(await change(weights, 'one')).toMatchObject({ strData: 'one' });
    expect(await change(weights, 'another')).toMatchObject({ strData: 'another' });
    const { length } = server.text();
    writeFileSync(file, source);
    await server.says(/^rebuilt in \d+ ms$/m, length);
  });

  test('serves the only model of another folder beside it, with the variables that the shell has and no other', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'Own.ts'), OWN);
    const environment = { PREDICTIVE_UNIT_ID: '', INCLUDE_METRICS_IN_CLIENT_RESPONSE: 'false' };
    const { url, text } = await serve(project, ['--models', folder], environment);
    expect(text()).toContain('Own at ');
    const { json } = await post(`${url}/predict`, { strData: 'PREDICTIVE_UNIT_ID,PREDICTOR_ID,MODEL_NAME' });
    expect(json).toMatchObject({ jsonData: { PREDICTIVE_UNIT_ID: '', MODEL_NAME: 'Own' } });
    expect(json.jsonData).not.toHaveProperty('PREDICTOR_ID');
    expect(await post(`${server.url}/predict`, IRIS)).toMatchObject({ status: 200 });
    expect(await post(`${url}/predict`, { strData: 'MODEL_NAME' })).toMatchObject({
      json: { jsonData: { MODEL_NAME: 'Own' } },
    });
  });
});

describe.concurrent('another npm start', { timeout: 240_000 }, () => {
  test.each(['SIGINT', 'SIGKILL'] as const)('ends all when npm alone gets %s', async (signal) => {
    const server = await serve(copyProject());
    server.process.kill(signal);
    // The outputs close when the last process that holds them has gone.
    await server.ended;
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

const WILD = `
export class Iris {
  predict(act: string) {
    if (act === 'exit') {
      process.exit(3);
    }
    if (act === 'reject') {
      Promise.reject(new Error('nobody handles this'));
      return new Promise(() => {});
    }
    return act;
  }
}
`;

const WEIGHED = `
import { readFileSync } from 'node:fs';
import { modelFile } from 'seldon-lambda';

export class Iris {
  private weights = '';

  load() {
    this.weights = readFileSync(modelFile('weights.txt'), 'utf8');
  }

  predict() {
    return this.weights;
  }
}
`;

const OWN = `
import type { Model } from 'seldon-lambda';

/** Answers the environment variables that it is asked for. */
export class Own implements Model {
  predict(names: string) {
    return Object.fromEntries(names.split(',').map((name) => [name, process.env[name]]));
  }
}
`;

describe('npm start says in one line', { timeout: 240_000 }, () => {
  let project: string;

  beforeAll(() => {
    project = copyProject();
  });

  test('that a port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const command = [process.execPath, 'src/cli/bin.js', 'start', '--httpPort', `${port}`];
    const { code, text } = await run(project, command, { HOME: home });
    server.close();
    expect(text.trim()).toMatch(new RegExp(`port ${port} is in use; choose another one: --httpPort <port>$`));
    expect(code).toBe(1);
  });

  // The others in one process, where serverless is loaded once.

  test('that a port is none', async () => {
    const { code, text } = await program(project, ['start', '--httpPort', '9000a'], { HOME: home });
    expect(text.trim().replace('Error:\n', '')).toBe(
      'httpPort is "9000a"; expected a port, 1 to 65535: use --httpPort or HTTP_PORT',
    );
    expect(code).toBe(1);
  });

  test('that a host is none', async () => {
    const { code, text } = await program(project, ['start', '--host', 'nowhere.invalid'], { HOME: home });
    expect(text.trim().replace('Error:\n', '')).toMatch(
      /^nowhere\.invalid is no address of this machine \(E\w+\): use --host or HTTP_HOST$/,
    );
    expect(code).toBe(1);
  });

  async function refusal(environment: Record<string, string> = {}) {
    const [httpPort, lambdaPort] = await freePorts(2);
    const ports = { HTTP_PORT: `${httpPort}`, LAMBDA_PORT: `${lambdaPort}` };
    const { code, text } = await program(project, ['start'], { HOME: home, ...ports, ...environment });
    expect(code).toBe(1);
    return text.trim();
  }

  test('that there is no such model, and which there are', async () => {
    expect(await refusal({ MODEL_NAME: 'Nope' })).toMatch(
      /there is no model "Nope" in .*; MODEL_NAME can be .*Iris/,
    );
  });

  test.each([
    ['that is not there', 'file:///does-not-exist'],
    ['that is a file', pathToFileURL(fileURLToPath(import.meta.url)).href],
    ['that is on another machine', 'file://host/folder'],
    ['that is no path', 'file:///100%'],
  ])('that MODEL_URI names no folder, but one %s', async (_what, MODEL_URI) => {
    const text = await refusal({ MODEL_URI });
    expect(text.replace('Error:\n', '')).toBe(`MODEL_URI ${MODEL_URI}: the folder does not exist`);
  });

  test.each([
    [
      'STATE_URL',
      'redsi://me:secret@host',
      'redsi://***@host; expected a URL of dynamodb://, s3://, redis://, ',
    ],
    ['MODEL_URI', 'models/mine', 'models/mine; expected a URL of s3://, file://'],
    ['AWS_ENDPOINT_URL', 'localhost:4566', 'localhost:4566; expected a URL of http://, https://'],
  ])('that no function can use the URL in %s', async (variable, url, sentence) => {
    expect((await refusal({ [variable]: url })).replace('Error:\n', '')).toContain(
      `${variable} is ${sentence}`,
    );
  });

  test('which servers cannot be reached, before a call has to wait for them', async () => {
    const there = createServer().listen(0, '127.0.0.1');
    await once(there, 'listening');
    const [port] = await freePorts(1);
    const { text } = await serve(copyProject(), [], {
      STATE_URL: `redis://me:secret@localhost:${port}/2`,
      METRICS_URL: 'dynamodb://table',
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
      STATE_OVERFLOW_URL: 's3://bucket/states',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(there.address() as { port: number }).port}`,
      PAYLOAD_LOG_URL: `http://[::1]:${port}/logs`,
    });
    there.close();
    const said = text()
      .split('\n')
      .filter((line) => line.startsWith('warning: '));
    const why = /cannot be reached \(\w+\); until it is there, calls that need it fail$/;
    expect(said.map((line) => line.replace(why, ''))).toEqual([
      `warning: STATE_URL: the server at localhost:${port} `,
      `warning: METRICS_URL: the server at 127.0.0.1:${port} `,
      `warning: PAYLOAD_LOG_URL: the server at ::1:${port} `,
    ]);
    expect(text()).not.toContain('secret');
  });

  test('that the folder of the bundle cannot be written', async () => {
    writeFileSync(join(project, '.build'), 'a file');
    expect(await refusal()).toMatch(/^(Error:\n)?the folder .*\.build cannot be written: E\w+: .*$/);
    rmSync(join(project, '.build'));
  });

  test('where the model does not compile', async () => {
    writeFileSync(join(project, 'models/Iris.ts'), 'export class Iris {\n  predict( {}\n}\n');
    expect(await refusal()).toMatch(/^(Error:\n)?models\/Iris\.ts:3:\d+: Expected .*$/);
  });
});
