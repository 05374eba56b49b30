import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import directPredict from '../fixtures/events/direct-predict.json' with { type: 'json' };
import expected from '../fixtures/iris-expected.json' with { type: 'json' };
import { apiGatewayV2, readResult, type TestRequest } from '../support/events.ts';
import { functionOfPath } from '../support/functions.ts';
import { HAS_RIC, startInstance, unpackModels } from '../support/lambda-instance.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const UNSTEADY = `
  globalThis.imports = (globalThis.imports ?? 0) + 1;
  if (globalThis.imports === 1) throw new Error('not yet');
  export class Unsteady {
    predict() { return [globalThis.imports]; }
  }`;
const RENDEZVOUS = `
  export class Rendezvous {
    predict(X) {
      if (this.answerFirst) this.answerFirst();
      else return new Promise((answer) => { this.answerFirst = () => answer(X); });
      return X;
    }
  }`;

const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'seldon-lambda-')));
const stops: (() => Promise<void>)[] = [];
let iris: string;
let several: string;

beforeAll(async () => {
  iris = await unpack('iris', { Iris: join(ROOT, 'models/Iris.ts') });
  several = await unpack('several', {
    Iris: join(ROOT, 'models/Iris.ts'),
    LoadCounter: join(ROOT, 'test/models/conformance/LoadCounter.ts'),
    Rendezvous: source('Rendezvous.ts', RENDEZVOUS),
    Unsteady: source('Unsteady.ts', UNSTEADY),
  });
}, 60_000);

afterEach(async () => {
  for (const stop of stops.splice(0)) {
    await stop();
  }
});

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const CLIENT_NAME = HAS_RIC
  ? 'under aws-lambda-ric'
  : 'under a plain runtime loop, aws-lambda-ric not being installed';

describe(`the packaged zip ${CLIENT_NAME}`, () => {
  const FUNCTIONS: [string, string, unknown, object][] = [
    ['predict', 'POST /predict', { data: { ndarray: expected.X } }, { status: 200 }],
    ['send-feedback', 'POST /send-feedback', { reward: 1 }, { status: 200 }],
    ['transform-input', 'POST /transform-input', { strData: 'Blüte 🌷' }, { json: { strData: 'Blüte 🌷' } }],
    ['transform-output', 'POST /transform-output', { strData: '' }, { json: { strData: '' } }],
    ['route', 'POST /route', { strData: '' }, refusal('Route not defined')],
    ['aggregate', 'POST /aggregate', { seldonMessages: [{ strData: '' }] }, refusal('Aggregate not defined')],
    ['ping', 'GET /health/ping', undefined, { status: 200, body: 'pong' }],
    ['health', 'GET /health/status', undefined, { status: 200, json: { strData: 'healthy' } }],
    ['metadata', 'GET /metadata', undefined, { status: 200, json: { name: 'iris' } }],
    ['metrics', 'GET /metrics', undefined, { status: 200, body: '' }],
    [
      'openapi',
      'GET /seldon.json',
      undefined,
      { status: 200, json: { openapi: expect.stringMatching(/^3/) } },
    ],
    ['docs', 'GET /docs', undefined, { status: 200, body: expect.stringMatching(/^<!doctype html>/) }],
    ['not-found', 'GET /nowhere', undefined, { status: 404 }],
  ];

  test.each(FUNCTIONS)('has the function %s, which answers %s', async (name, line, message, answer) => {
    const asked = request(line, message);
    expect(functionOfPath.get(asked.path) ?? functionOfPath.get('*')).toBe(name);
    const { send } = await start(iris, name);
    expect(await send(asked)).toMatchObject(answer);
  });

  test('has no other function', () => {
    expect(new Set(FUNCTIONS.map(([name]) => name))).toEqual(new Set(functionOfPath.values()));
  });

  test('predicts with its only model, cold and warm, each call with its own request id', async () => {
    const { send } = await start(iris, 'predict');
    for (const _ of ['cold', 'warm']) {
      const { status, headers, json, requestId } = await send(
        request('POST /predict', { data: { ndarray: expected.X } }),
      );
      expect({ status, puid: headers['seldon-puid'] }).toEqual({ status: 200, puid: requestId });
      expect(json.data.names).toEqual(['setosa', 'versicolor', 'virginica']);
      expectClose(json.data.ndarray, expected.probabilities);
    }
  });

  test('refuses bad data, and goes on serving', async () => {
    const { send } = await start(iris, 'predict');
    expect(await send(request('POST /predict', { data: { ndarray: [[1, 2, 3]] } }))).toMatchObject(
      refusal(expect.stringContaining('(1,3)')),
    );
    const { json } = await send(request('POST /predict', { data: { ndarray: expected.X } }));
    expectClose(json.data.ndarray, expected.probabilities);
  });

  test('answers a direct invocation with the message, or with an error of its reason', async () => {
    const { invoke } = await start(iris, 'predict');
    const X = directPredict.data.ndarray;
    const row = expected.X.findIndex((row) => row.join() === X[0].join());
    const answered = await invoke(directPredict);
    expectClose((answered as { result: Message }).result.data.ndarray, [expected.probabilities[row]]);
    expect(await invoke({ data: { ndarray: [[1, 2, 3]] } })).toMatchObject({
      error: { errorType: 'MICROSERVICE_BAD_DATA', errorMessage: expect.stringContaining('(1,3)') },
    });
    expect(await invoke(directPredict)).toEqual({ ...answered, requestId: expect.any(String) });
  });

  // The code of the following is in files of the zip that are imported when they are first needed.
  test('reads a compressed message, and compresses its answer', async () => {
    const { send } = await start(iris, 'predict', { COMPRESS_MIN_BYTES: '0' });
    const { headers, body } = await send({
      ...request('POST /predict'),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'accept-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ data: { ndarray: expected.X } })),
    });
    expect(headers['content-encoding']).toBe('gzip');
    expectClose(JSON.parse(gunzipSync(body).toString()).data.ndarray, expected.probabilities);
  });

  test('reads a multipart form', async () => {
    const { send } = await start(iris, 'predict');
    const message = JSON.stringify({ data: { ndarray: expected.X } });
    const { json } = await send({
      ...request('POST /predict'),
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: `--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n${message}\r\n--b--\r\n`,
    });
    expectClose(json.data.ndarray, expected.probabilities);
  });

  test('reads MODEL_METADATA that is YAML', async () => {
    const { send } = await start(iris, 'metadata', { MODEL_METADATA: 'versions: [from-yaml]' });
    expect(await send(request('GET /metadata'))).toMatchObject({
      json: { name: 'iris', versions: ['from-yaml'] },
    });
  });

  test('loads the model once for all calls', async () => {
    const { send } = await start(several, 'predict', { MODEL_NAME: 'LoadCounter' });
    const calls = await Promise.all(
      [1, 2, 3].map(() => send(request('POST /predict', { data: { ndarray: [] } }))),
    );
    // Loaded, called, constructed.
    expect(calls.map(({ json }) => json.data.ndarray)).toEqual([[[1, 1, 1]], [[1, 2, 1]], [[1, 3, 1]]]);
  });

  test('serves of several models the one that MODEL_NAME names', async () => {
    const named = await start(several, 'metadata', { MODEL_NAME: 'Iris' });
    expect(await named.send(request('GET /metadata'))).toMatchObject({ status: 200, json: { name: 'iris' } });
    const unnamed = await start(several, 'predict');
    expect(await unnamed.send(request('POST /predict', { strData: '' }))).toMatchObject({
      status: 500,
      json: {
        status: { info: expect.stringMatching(/MODEL_NAME.*Iris, LoadCounter, Rendezvous, Unsteady/) },
      },
    });
  });

  test('tries a model that could not be imported again at the next call', async () => {
    const lazy = await start(several, 'predict', { MODEL_NAME: 'Unsteady' });
    expect(await lazy.invoke({ strData: '' })).toMatchObject({ error: { errorMessage: 'not yet' } });
    expect(await lazy.invoke({ strData: '' })).toMatchObject({
      result: { data: { tensor: { values: [2] } } },
    });
  });

  test('starts even when the model could not be preloaded', async () => {
    const { invoke } = await start(several, 'predict', { MODEL_NAME: 'Unsteady', MODEL_PRELOAD: '1' });
    expect(await invoke({ strData: '' })).toMatchObject({ result: { data: { tensor: { values: [2] } } } });
  });

  test('starts with a broken configuration, and answers what is wrong with it', async () => {
    const { send, invoke } = await start(iris, 'predict', { MODEL_PRELOAD: 'perhaps' });
    const reason = 'MICROSERVICE_BAD_PARAMETER';
    const info = expect.stringMatching(/MODEL_PRELOAD is not valid; expected one of/);
    expect(await send(request('POST /predict', {}))).toMatchObject({
      status: 500,
      json: { status: { reason, info } },
    });
    expect(await invoke({})).toMatchObject({ error: { errorType: reason, errorMessage: info } });
  });

  // Lambda Managed Instances: https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html
  test('answers each its own, where an instance takes several calls at a time', async () => {
    const { send } = await start(several, 'predict', {
      MODEL_NAME: 'Rendezvous',
      AWS_LAMBDA_MAX_CONCURRENCY: '2',
      AWS_LAMBDA_NODEJS_WORKER_COUNT: '1',
    });
    const texts = ['first', 'second'];
    const calls = await Promise.all(texts.map((strData) => send(request('POST /predict', { strData }))));
    expect(calls.map(({ json }) => json.strData)).toEqual(texts);
    for (const { headers, requestId } of calls) {
      expect(headers['seldon-puid']).toBe(requestId);
    }
  });
});

interface Message {
  data: { names: string[]; ndarray: number[][] };
  strData: string;
}

function request(line: string, message?: unknown): TestRequest {
  const [method = '', path = ''] = line.split(' ');
  return { method, path, ...(message !== undefined && { body: JSON.stringify(message) }) };
}

function refusal(info: unknown) {
  return { status: 400, json: { status: { status: 1, code: -1, reason: 'MICROSERVICE_BAD_DATA', info } } };
}

/** `answer` is `wanted` within 1e-9. */
function expectClose(answer: number[][], wanted: readonly (readonly number[])[]): void {
  expect(answer).toEqual(wanted.map((row) => row.map((value) => expect.closeTo(value, 9))));
}

function source(name: string, code: string): string {
  const file = join(temporary, name);
  writeFileSync(file, code);
  return file;
}

function unpack(name: string, models: Record<string, string>): Promise<string> {
  return unpackModels(join(temporary, name), models);
}

/** An instance of a function, until the test ends. */
async function start(task: string, name: string, environment: Readonly<Record<string, string>> = {}) {
  const { invoke, kill } = await startInstance(task, name, environment);
  stops.push(async () => console.log(await kill()));
  return {
    invoke,
    send: async (request: TestRequest) => {
      const outcome = await invoke(apiGatewayV2(request));
      if ('error' in outcome) {
        throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`);
      }
      const { status, headers, body } = readResult(outcome.result);
      const isJson = headers['content-type']?.startsWith('application/json') && typeof body === 'string';
      const json: Message = isJson ? JSON.parse(body) : undefined;
      return { requestId: outcome.requestId, status, headers, body, json };
    },
  };
}
