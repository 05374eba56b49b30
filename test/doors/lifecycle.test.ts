import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Stages } from '../models/lifecycle/lib/stage.ts';
import type { TestRequest } from '../support/events.ts';
import { deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';

const MODEL_DIR = fileURLToPath(new URL('../models/lifecycle', import.meta.url));
const predict: TestRequest = { method: 'POST', path: '/predict', body: '{"strData":"x"}' };
const status: TestRequest = { method: 'GET', path: '/health/status' };
const ping: TestRequest = { method: 'GET', path: '/health/ping' };

let stages: Stages;
let errorLines: () => Record<string, unknown>[];

beforeEach(() => {
  stages = { counts: Object.create(null), failures: Object.create(null) };
  vi.stubGlobal('stages', stages);
  const lines = captureLog();
  errorLines = () => lines().filter(({ level }) => level === 'error');
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function deployModel(MODEL_NAME: string, environment: Record<string, string> = {}) {
  return deploy({ MODEL_DIR, MODEL_NAME, ...environment });
}

function failAt(stage: string, times = 1, thrown: unknown = new Error(`no ${stage} today`)) {
  stages.failures[stage] = { times, thrown };
}

async function answer(sent: Promise<{ status: number; body: string | Uint8Array }>) {
  const { status, body } = await sent;
  return { status, body: JSON.parse(body as string) };
}

function failed(status: number, info: unknown, reason = 'MICROSERVICE_INTERNAL_ERROR') {
  return { status, body: { status: { status: 1, code: -1, reason, info } } };
}

const echoed = { status: 200, body: { strData: 'x', meta: {} } };

describe('a model', () => {
  test('is imported, constructed and loaded once, however many calls come first at once', async () => {
    const { send } = deployModel('Staged');
    const answers = await Promise.all([
      answer(send(predict)),
      answer(send(predict)),
      answer(send({ ...predict, path: '/transform-input' })),
      answer(send(predict)),
    ]);
    expect(answers).toEqual([echoed, echoed, echoed, echoed]);
    expect(await answer(send(predict))).toEqual(echoed);
    expect(stages.counts).toEqual({ import: 1, constructor: 1, load: 1, predict: 4 });
  });

  test('is not touched before it is needed: by ping, a preflight, a wrong path or method, a broken body', async () => {
    const { send } = deployModel('Staged');
    for (const request of [
      ping,
      { method: 'HEAD', path: '/health/ping' },
      { method: 'OPTIONS', path: '/predict' },
      { method: 'PUT', path: '/predict' },
      { method: 'GET', path: '/nope' },
      { ...predict, body: '{' },
    ]) {
      await send(request);
    }
    expect(stages.counts).toEqual({});
  });

  test('that cannot be found or loaded does not keep ping from answering', async () => {
    failAt('import', 99);
    for (const name of ['Staged', 'NoSuchModel', 'Several.Third']) {
      const { send } = deployModel(name);
      await send(predict);
      expect(await send(ping)).toMatchObject({ status: 200, body: 'pong' });
    }
  });
});

describe.each(['import', 'constructor', 'load'])('a model whose %s fails', (stage) => {
  const message = `no ${stage} today`;

  test('is answered 500 with what it said, and logged once', async () => {
    failAt(stage);
    expect(await answer(deployModel('Staged').send(predict))).toEqual(failed(500, message));
    expect(errorLines()).toHaveLength(1);
    expect(errorLines()[0]).toMatchObject({ level: 'error', error: { message, stack: expect.any(Array) } });
  });

  test('is answered 503 by /health/status, and logged once', async () => {
    failAt(stage);
    expect(await answer(deployModel('Staged').send(status))).toEqual(failed(503, message));
    expect(errorLines()).toHaveLength(1);
  });

  test('is tried once for calls that come together, and logged once', async () => {
    failAt(stage);
    const { send } = deployModel('Staged');
    const answers = await Promise.all([answer(send(predict)), answer(send(predict)), answer(send(predict))]);
    expect(answers).toEqual([failed(500, message), failed(500, message), failed(500, message)]);
    expect(stages.counts[stage]).toBe(1);
    expect(errorLines()).toHaveLength(1);
  });

  test('is tried again at the next call, and serves from then on', async () => {
    failAt(stage, 2);
    const { send } = deployModel('Staged');
    expect(await answer(send(predict))).toEqual(failed(500, message));
    expect(await answer(send(status))).toEqual(failed(503, message));
    expect(await answer(send(status))).toEqual({ status: 200, body: { strData: 'healthy', meta: {} } });
    expect(await answer(send(predict))).toEqual(echoed);
    expect(await answer(send(predict))).toEqual(echoed);
    expect(stages.counts[stage]).toBe(3);
    expect(stages.counts.predict).toBe(2);
  });

  test('is answered with the reason and info of a SeldonError that it threw', async () => {
    const { SeldonError } = await import('seldon-lambda');
    const { send } = deployModel('Staged');
    failAt(stage, 1, new SeldonError('MODEL_MISSING', 'the weights are not there', { status: 424 }));
    const { status: httpStatus, body } = await answer(send(predict));
    expect(body.status.info).toBe('the weights are not there');
    expect([424, 500]).toContain(httpStatus);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'just text'],
    ['a symbol', Symbol('s')],
    ['an object without a prototype', Object.create(null)],
    [
      'an object that cannot be shown',
      {
        toString() {
          throw new Error('no');
        },
      },
    ],
  ])('by throwing %s is answered 500, and tried again', async (_what, thrown) => {
    failAt(stage, 1, thrown);
    const { send } = deployModel('Staged');
    expect(await answer(send(predict))).toEqual(failed(500, expect.any(String)));
    expect(errorLines().length).toBeGreaterThanOrEqual(1);
    expect(await answer(send(predict))).toEqual(echoed);
  });
});

describe('loading before the first call', () => {
  const loaded = { import: 1, constructor: 1, load: 1 };

  test.each([
    ['MODEL_PRELOAD', 'true'],
    ['MODEL_PRELOAD', '1'],
    ['AWS_LAMBDA_INITIALIZATION_TYPE', 'provisioned-concurrency'],
  ])('%s=%s loads while the handler is imported', async (name, value) => {
    const { send } = deployModel('Staged', { [name]: value });
    await import('../../handlers/predict.ts');
    expect(stages.counts).toEqual(loaded);
    expect(await answer(send(predict))).toEqual(echoed);
    expect(stages.counts).toEqual({ ...loaded, predict: 1 });
  });

  test.each([
    ['MODEL_PRELOAD', 'false'],
    ['AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand'],
    ['AWS_LAMBDA_INITIALIZATION_TYPE', 'snap-start'],
  ])('%s=%s does not', async (name, value) => {
    deployModel('Staged', { [name]: value });
    await import('../../handlers/predict.ts');
    expect(stages.counts).toEqual({});
  });

  test('is done by every function that has the model, and not by the one that has none', async () => {
    deployModel('Staged', { MODEL_PRELOAD: 'true' });
    await import('../../handlers/not-found.ts');
    expect(stages.counts).toEqual({});
    await import('../../handlers/health.ts');
    expect(stages.counts).toEqual(loaded);
    await import('../../handlers/metadata.ts');
    expect(stages.counts).toEqual(loaded);
  });

  test.each(['import', 'constructor', 'load'])(
    'that fails at %s lets the function start; the call tries again, and is answered what failed',
    async (stage) => {
      failAt(stage, 2);
      const { send } = deployModel('Staged', { MODEL_PRELOAD: 'true' });
      await expect(import('../../handlers/predict.ts')).resolves.toHaveProperty('handler');
      expect(errorLines()).toHaveLength(1);
      expect(await answer(send(predict))).toEqual(failed(500, `no ${stage} today`));
      expect(await answer(send(predict))).toEqual(echoed);
    },
  );

  test('of a model that is not there lets the function start', async () => {
    const { send } = deployModel('NoSuchModel', { MODEL_PRELOAD: 'true' });
    await expect(import('../../handlers/predict.ts')).resolves.toHaveProperty('handler');
    expect((await send(predict)).status).toBe(500);
  });
});

describe('MODEL_NAME', () => {
  test.each([
    ['Several.First', { strData: 'First', meta: {} }],
    ['Several.Second', { jsonData: { Second: { size: 3 } }, meta: {} }],
    ['Several', { strData: 'First', meta: {} }],
    ['pkg.mod.Nested', { strData: 'nested', meta: {} }],
    ['only.Only.Only', { strData: 'only', meta: {} }],
  ])('%s names a class', async (name, body) => {
    const { send } = deployModel(name, {
      PREDICTIVE_UNIT_PARAMETERS: '[{"name":"size","value":"3","type":"INT"}]',
    });
    expect(await answer(send(predict))).toEqual({ status: 200, body });
  });

  test.each([
    ['Several.Third', 'First, Second, default, settings'],
    ['Several.settings', 'First, Second, default, settings'],
    ['pkg.mod.mod', 'Nested'],
  ])('%s names no class: the answer says what the file exports', async (name, exported) => {
    const { status: httpStatus, body } = await answer(deployModel(name).send(predict));
    expect(httpStatus).toBe(500);
    expect(body.status.reason).toBe('MICROSERVICE_BAD_PARAMETER');
    expect(body.status.info).toContain(`MODEL_NAME ${name}`);
    const listed = body.status.info.split('it exports: ')[1].split(', ').sort().join(', ');
    expect(listed).toBe(exported);
  });

  test.each([
    'NoSuchModel',
    'staged',
    'pkg',
    'pkg.Nested',
    'no.such.Folder',
    'only.weights.Weights',
    'lib.stage',
  ])('%s names no file: the answer says which there are', async (name) => {
    const { status: httpStatus, body } = await answer(deployModel(name).send(predict));
    expect(httpStatus).toBe(500);
    expect(body.status.reason).toBe('MICROSERVICE_BAD_PARAMETER');
    expect(body.status.info).toContain(`MODEL_NAME ${name}`);
    const files = readdirSync(MODEL_DIR).filter((file) => file.endsWith('.ts'));
    for (const file of files) {
      expect(body.status.info).toContain(file.replace('.ts', ''));
    }
  });

  test('left out means the only model that there is', async () => {
    for (const directory of [`${MODEL_DIR}/only`, `${MODEL_DIR}/only/`]) {
      const { send } = deploy({ MODEL_DIR: directory });
      vi.stubEnv('MODEL_NAME', undefined);
      expect(await answer(send(predict))).toEqual({ status: 200, body: { strData: 'only', meta: {} } });
    }
  });

  test('left out with several models is answered with their names, and with none by saying so', async () => {
    const several = await answer(deploy({ MODEL_DIR }).send(predict));
    expect(several).toEqual(
      failed(500, expect.stringMatching(/MODEL_NAME.*Barrier.*Staged/), 'MICROSERVICE_BAD_PARAMETER'),
    );
    const none = await answer(deploy({ MODEL_DIR: `${MODEL_DIR}/nowhere` }).send(predict));
    expect(none).toEqual(
      failed(500, expect.stringMatching(/MODEL_NAME.*none/), 'MICROSERVICE_BAD_PARAMETER'),
    );
  });
});

describe('a class', () => {
  test('may have async methods everywhere', async () => {
    const { send } = deployModel('Asynchronous');
    const meta = { tags: { is: 'async' }, metrics: [{ type: 'COUNTER', key: 'calls', value: 1 }] };
    const rows = '{"data":{"ndarray":[[1,2]]}}';
    const named = { names: ['a', 'b'], ndarray: [[1, 2]] };
    const expected: [TestRequest, unknown][] = [
      [
        { ...predict, body: rows },
        { data: named, meta },
      ],
      [
        { ...predict, path: '/transform-input', body: rows },
        { data: named, meta },
      ],
      [
        { ...predict, path: '/route', body: rows },
        { data: { names: ['a', 'b'], ndarray: [[2]] }, meta },
      ],
      [
        { ...predict, path: '/aggregate', body: `[${rows}]` },
        { data: named, meta },
      ],
      [
        { ...predict, path: '/send-feedback', body: '{"reward":0.5}' },
        { data: { tensor: { shape: [1], values: [0.5] } }, meta },
      ],
      [status, { strData: 'well', meta }],
    ];
    for (const [request, body] of expected) {
      expect(await answer(send(request)), request.path).toEqual({ status: 200, body });
    }
    expect((await answer(send({ method: 'GET', path: '/metadata' }))).body).toMatchObject({
      name: 'asynchronous',
    });
  });

  test('may name its columns by an attribute, which is read at every call', async () => {
    const { send } = deployModel('NamedColumns');
    expect((await answer(send(predict))).body.data.names).toEqual(['first', 'second']);
    expect((await answer(send({ ...predict, path: '/transform-input' }))).body.data.names).toEqual([
      'later',
      'still',
    ]);
    expect((await answer(send(predict))).body.data.names).toEqual(['later', 'still']);
  });
});

describe('modelErrorHandler', () => {
  const at = (where: string) => ({ ...predict, body: JSON.stringify({ strData: where }) });
  const handled = { status: 409, body: { mine: true } };

  test.each(['predict', 'tags', 'classNames'])('answers what %s throws, at once or later', async (where) => {
    const handleError = vi.fn(() => handled as unknown);
    vi.stubGlobal('handleError', handleError);
    const { send } = deployModel('HandlesErrors');
    expect(await answer(send(at(where)))).toEqual(handled);
    expect(handleError).toHaveBeenCalledExactlyOnceWith(new Error(`failed in ${where}`));
    handleError.mockImplementation(async () => handled);
    expect(await answer(send(at(where)))).toEqual(handled);
    expect(await answer(send(at('nowhere')))).toMatchObject({ status: 200 });
  });

  test('has its own status on /health/status too', async () => {
    vi.stubGlobal('handleError', () => handled);
    expect(await answer(deployModel('HandlesErrors').send(status))).toEqual(handled);
    vi.stubGlobal('handleError', () => undefined);
    expect(await answer(deployModel('HandlesErrors').send(status))).toEqual(
      failed(503, 'failed in healthStatus'),
    );
  });

  test.each([
    ['undefined', () => undefined],
    ['null', () => null],
    ['undefined, later', async () => undefined],
  ])('that gives %s leaves the error to the usual answer', async (_what, handleError) => {
    vi.stubGlobal('handleError', handleError);
    expect(await answer(deployModel('HandlesErrors').send(at('predict')))).toEqual(
      failed(500, 'failed in predict'),
    );
    expect(errorLines()).toHaveLength(1);
  });

  test.each<[string, () => unknown, string]>([
    [
      'fails itself',
      () => {
        throw new Error('the handler failed');
      },
      'the handler failed',
    ],
    ['answers no HTTP status', () => ({ status: 999, body: {} }), 'status 999'],
    ['answers a text for a status', () => ({ status: '400', body: {} }), '400'],
    ['answers a body that is no JSON', () => ({ status: 400, body: new Map() }), 'JSON'],
    ['answers a text', () => 'oops', 'status'],
  ])('that %s is answered 500 saying so', async (_what, handleError, info) => {
    vi.stubGlobal('handleError', handleError);
    expect(await answer(deployModel('HandlesErrors').send(at('predict')))).toEqual(
      failed(500, expect.stringContaining(info)),
    );
  });
});

test('calls that overlap inside the model keep to their own answers', async () => {
  const { send } = deployModel('Barrier');
  const waiting = new Map<unknown, () => void>();
  let allIn: () => void;
  const isFull = new Promise<void>((resolve) => {
    allIn = resolve;
  });
  vi.stubGlobal('barrier', (puid: unknown) => {
    const opened = new Promise<void>((open) => waiting.set(puid, open));
    if (waiting.size === 20) {
      allIn();
    }
    return opened;
  });
  const messages = Array.from({ length: 20 }, (_, i) => ({
    ...(i % 2 ? { strData: `text ${i}` } : { data: { names: [`name ${i}`], ndarray: [[i]] } }),
    meta: { puid: `p${i}`, tags: { own: i } },
  }));
  const sent = messages.map((message) =>
    send({
      ...predict,
      headers: { 'content-type': 'application/json', 'seldon-puid': message.meta.puid },
      body: JSON.stringify(message),
    }),
  );
  await isFull;
  for (const open of [...waiting.values()].reverse()) {
    open();
  }
  const answers = await Promise.all(sent);
  answers.forEach(({ headers, body }, i) => {
    const { strData, data, meta } = messages[i] as {
      strData?: string;
      data?: { names: string[] };
      meta: object;
    };
    expect(headers['seldon-puid']).toBe(`p${i}`);
    expect(JSON.parse(body as string)).toEqual({
      jsonData: { X: strData ?? 'other', names: data?.names ?? [], puid: `p${i}` },
      meta: { ...meta, tags: { own: i, model: 'Barrier' } },
    });
  });
});
