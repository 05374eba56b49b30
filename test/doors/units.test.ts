import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createBarrier } from '../support/barrier.ts';
import { apiGatewayV2, lambdaContext, readResult } from '../support/events.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';

/** Calls at once. */
const CALLS = 50;
const MODEL_DIR = fileURLToPath(new URL('../models/units', import.meta.url));
const UNITS = ['red', 'blue', 'plain'] as const;
type UnitId = (typeof UNITS)[number];

type Handler = (event: unknown, context: ReturnType<typeof lambdaContext>) => Promise<unknown>;

let folder: string;
let handlers: Readonly<Record<string, Handler>>;

beforeAll(() => {
  folder = temporaryFolder();
  for (const name of ['red', 'blue']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'name.txt'), name);
  }
});

afterAll(removeFolders);

beforeEach(async () => {
  vi.resetModules();
  const { createHandler, createInstance, createMethodHandler } = await import('../../src/handler.ts');
  const { metrics } = await import('../../src/runtime/endpoints/metrics.ts');
  const weighted = (id: UnitId, weight: string) => ({
    id,
    image: `example/${id}:1.${weight}`,
    modelName: 'Weighted',
    modelUri: pathToFileURL(join(folder, id)).href,
    parameters: JSON.stringify([{ name: 'weight', value: weight, type: 'INT' }]),
  });
  const instance = createInstance({
    environment: {
      MODEL_DIR,
      STATE_URL: 'memory://units',
      SELDON_DEPLOYMENT_ID: 'colours',
      METRICS_FLUSH_MS: '0',
    },
    units: [weighted('red', '1'), weighted('blue', '2'), { id: 'plain', modelName: 'Plain' }],
  });
  const made = UNITS.flatMap((unit) => [
    [
      `${unit}/predict`,
      createMethodHandler(
        'predict',
        {
          method: 'predict',
          metricTag: 'predict',
          request: 'message',
          call: (model, { features, names, meta }) => model.predict(features, names, meta),
        },
        { instance, unit },
      ),
    ] as const,
    [
      `${unit}/feedback`,
      createMethodHandler(
        'send-feedback',
        {
          method: 'sendFeedback',
          metricTag: 'feedback',
          request: 'feedback',
          call: (model, { features, names, reward, truth }) =>
            model.sendFeedback(features, names, reward, truth),
          fallback: () => [],
        },
        { instance, unit },
      ),
    ] as const,
  ]);
  const all = [...made, ['metrics', createHandler([metrics], { instance })] as const];
  handlers = Object.fromEntries(await Promise.all(all.map(async ([name, handler]) => [name, await handler])));
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'barrier');
});

async function send(name: string, path: string, message?: object) {
  const method = message === undefined ? 'GET' : 'POST';
  const body = message && JSON.stringify(message);
  const event = apiGatewayV2({ method, path, ...(body === undefined ? {} : { body }) });
  const result = readResult(await (handlers[name] as Handler)(event, lambdaContext()));
  return { status: result.status, text: result.body as string };
}

async function predict(unit: UnitId, puid: string) {
  const { status, text } = await send(`${unit}/predict`, '/predict', { strData: 'x', meta: { puid } });
  expect(status).toBe(200);
  return JSON.parse(text);
}

test('each unit has its own parameters, files, module, identity and tags, with 50 calls under way at once', async () => {
  const barrier = createBarrier(CALLS);
  Reflect.set(globalThis, 'barrier', barrier.enter);
  const asked = Array.from({ length: CALLS }, (_, index) => (index % 2 === 0 ? 'red' : 'blue'));
  const answers = await Promise.all(asked.map((unit, index) => predict(unit as UnitId, `${unit}-${index}`)));
  for (const [index, answer] of answers.entries()) {
    const unit = asked[index] as UnitId;
    const weight = unit === 'red' ? 1 : 2;
    const puid = `${unit}-${index}`;
    expect(answer.jsonData).toMatchObject({ weight, names: [unit, unit, unit], puid });
    expect(answer.meta).toMatchObject({
      puid,
      tags: { weight },
      requestPath: { [unit]: `example/${unit}:1.${weight}` },
      metrics: [{ key: 'weighted', value: weight }],
    });
  }
  // Each counted its own calls, from 1 on.
  for (const unit of ['red', 'blue']) {
    const counts = answers.filter((_, index) => asked[index] === unit).map(({ jsonData }) => jsonData.calls);
    expect(counts.sort((a, b) => a - b)).toEqual(counts.map((_, index) => index + 1));
  }
  expect(await predict('plain', 'p')).toMatchObject({
    strData: 'x',
    meta: { requestPath: { plain: expect.any(String) } },
  });
});

test('two units of one class keep states of their own, with 50 feedbacks under way at once', async () => {
  const units = Array.from({ length: CALLS }, (_, index) => (index % 5 === 0 ? 'blue' : 'red'));
  const statuses = await Promise.all(
    units.map(async (unit) => (await send(`${unit}/feedback`, '/send-feedback', { reward: 1 })).status),
  );
  expect(statuses.every((status) => status === 200)).toBe(true);
  expect((await predict('blue', 'b')).jsonData.count).toBe(10);
  expect((await predict('red', 'r')).jsonData.count).toBe(40);
});

test('each unit counts under its own labels', async () => {
  await predict('red', 'r');
  await predict('blue', 'b');
  await predict('blue', 'b');
  await predict('plain', 'p');
  const { text } = await send('metrics', '/metrics');
  const lines = text
    .split('\n')
    .filter((line) => /^(weighted_total|seldon_lambda_requests_seconds_count)/.test(line));
  const found = lines.map((line) => {
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1];
    const [name] = line.split('{');
    return [
      name,
      label('model_name'),
      label('model_image'),
      label('model_version'),
      label('deployment_name'),
      line.split(' ').at(-1),
    ];
  });
  expect(found.sort()).toEqual([
    ['seldon_lambda_requests_seconds_count', 'blue', 'example/blue', '1.2', 'colours', '2'],
    ['seldon_lambda_requests_seconds_count', 'plain', 'NOT_IMPLEMENTED', 'NOT_IMPLEMENTED', 'colours', '1'],
    ['seldon_lambda_requests_seconds_count', 'red', 'example/red', '1.1', 'colours', '1'],
    ['weighted_total', 'blue', 'example/blue', '1.2', 'colours', '4'],
    ['weighted_total', 'red', 'example/red', '1.1', 'colours', '1'],
  ]);
});

test('a file is always of the model that asks for it, and of two instances as well', async () => {
  const { createInstance, createMethodHandler } = await import('../../src/handler.ts');
  const serve = (name: string) =>
    createMethodHandler(
      'predict',
      {
        method: 'predict',
        metricTag: 'predict',
        request: 'message',
        call: (model, { features, names }) => model.predict(features, names),
      },
      {
        instance: createInstance({
          environment: { MODEL_DIR, MODEL_NAME: 'Lazy', MODEL_URI: pathToFileURL(join(folder, name)).href },
        }),
      },
    );
  const event = apiGatewayV2({ method: 'POST', path: '/predict', body: '{"strData":"x"}' });
  for (const name of ['red', 'blue', 'red']) {
    const { body } = readResult(await (await serve(name))(event, lambdaContext()));
    expect(JSON.parse(body as string).jsonData.file).toBe(join(folder, name, 'name.txt'));
  }
});

test('two units with the same id, and a unit that does not exist, are refused', async () => {
  const { createHandler, createInstance } = await import('../../src/handler.ts');
  expect(() => createInstance({ environment: {}, units: [{ id: 'a' }, { id: 'a' }] })).toThrow(
    'expected at least one unit, each with its own id, got: a, a',
  );
  // Their states would have the same key.
  expect(() => createInstance({ environment: {}, units: [{ id: '0' }, {}] })).toThrow('got: 0, 0');
  const instance = createInstance({ environment: {}, units: [{ id: 'a' }, { id: 'b' }] });
  await expect(createHandler([], { instance, unit: 'c' })).rejects.toThrow(
    'unit c does not exist; expected one of a, b',
  );
});
