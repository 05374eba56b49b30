import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { eventSources, type TestRequest } from '../support/events.ts';
import { deploy, functionOfPath } from '../support/functions.ts';
import { captureLog, type LogLine } from '../support/log-lines.ts';

const predict: TestRequest = { method: 'POST', path: '/predict', body: '{"strData":"x"}' };
const TRUE = ['1', 'true', 't', 'yes', 'y', 'on'];
const FALSE = ['0', 'false', 'f', 'no', 'n', 'off'];
const FLAGS = [
  'MODEL_PRELOAD',
  'SELDON_EXECUTOR_ENABLED',
  'INCLUDE_METRICS_IN_CLIENT_RESPONSE',
  'PAYLOAD_PASSTHROUGH',
  'HIDE_INTERNAL_ERRORS',
];

/** The lines of the log since {@link forget}. */
let lines: () => LogLine[];
const forget = () => {
  vi.restoreAllMocks();
  lines = captureLog();
};

beforeEach(() => {
  lines = captureLog();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function deployIdentity(environment: Record<string, string>) {
  return deploy({ MODEL_NAME: 'Identity', ...environment });
}

async function errorTo(environment: Record<string, string>, request = predict) {
  const { status, body } = await deployIdentity(environment).send(request);
  return { status, error: JSON.parse(body as string).status };
}

const flagWords = 'one of 1, true, t, yes, y, on / 0, false, f, no, n, off';
const levelWords = 'one of DEBUG, INFO, WARNING, WARN, ERROR, CRITICAL, FATAL, TRACE';
const bytesWords = 'a whole number of bytes';
const nameWords = 'a name such as MyModel, or file.ExportName';
const endpointWords =
  'a list of predict, transform-input, transform-output, route, aggregate, send-feedback, ping, ' +
  'health-status, metadata, metrics, openapi, docs, infer';
const MISTAKES: [name: string, value: string, expected: string][] = [
  ...FLAGS.flatMap((name) =>
    ['maybe', '2', ' true', 'yes please', 'null', 'TRUE!'].map((value): [string, string, string] => [
      name,
      value,
      flagWords,
    ]),
  ),
  ...['-1', '1.5', '10kB', 'Infinity', '0x10', ' 1', '1e3'].map((value): [string, string, string] => [
    'COMPRESS_MIN_BYTES',
    value,
    bytesWords,
  ]),
  ...['LOUD', 'information', '3', 'constructor', '__proto__'].flatMap((value): [string, string, string][] => [
    ['SELDON_LOG_LEVEL', value, levelWords],
    ['AWS_LAMBDA_LOG_LEVEL', value, levelWords],
  ]),
  ...['../secrets', 'a/b', 'My Model', '.', 'a..b', 'Model.', 'é'].map((value): [string, string, string] => [
    'MODEL_NAME',
    value,
    nameWords,
  ]),
  ...['explain', 'predict,health', 'predict metadata', '/predict', 'constructor'].map(
    (value): [string, string, string] => ['DEPLOYED_ENDPOINTS', value, endpointWords],
  ),
];

describe('a mistake in the environment', () => {
  test.each(MISTAKES)(
    '%s=%j is answered with the variable and what was expected, and logged with its value',
    async (name, value, expected) => {
      expect(await errorTo({ [name]: value })).toEqual({
        status: 500,
        error: {
          status: 1,
          code: -1,
          reason: 'MICROSERVICE_BAD_PARAMETER',
          info: `environment variable ${name} is not valid; expected ${expected}`,
        },
      });
    },
  );

  test('is answered at every call, by every function, through every event source, and logged once', async () => {
    const { send, invoke } = deployIdentity({ PAYLOAD_PASSTHROUGH: 'maybe' });
    for (const [path] of functionOfPath) {
      for (const source of Object.values(eventSources)) {
        const { status, body, headers } = await send(
          { method: 'GET', path: path === '*' ? '/nope' : path },
          source,
        );
        expect(status).toBe(500);
        const answer = JSON.parse(body as string);
        expect(/^\/v[12]\//.test(`${path}/`) ? answer : answer.status).toMatchObject({
          reason: 'MICROSERVICE_BAD_PARAMETER',
        });
        expect(headers['access-control-allow-origin']).toBe('*');
        expect(headers['seldon-puid']).toEqual(expect.any(String));
      }
    }
    for (const name of new Set(functionOfPath.values())) {
      await expect(invoke(name, {})).rejects.toMatchObject({
        name: 'MICROSERVICE_BAD_PARAMETER',
        message: expect.stringContaining('PAYLOAD_PASSTHROUGH'),
      });
    }
    expect(lines().filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('beside another one: both are named, one sentence each', async () => {
    const { error } = await errorTo({ HIDE_INTERNAL_ERRORS: 'perhaps', COMPRESS_MIN_BYTES: 'many' });
    expect(error.info.split('. ').sort()).toEqual([
      `environment variable COMPRESS_MIN_BYTES is not valid; expected ${bytesWords}`,
      `environment variable HIDE_INTERNAL_ERRORS is not valid; expected ${flagWords}`,
    ]);
  });

  test('does not keep a function from starting, preloading or not', async () => {
    deployIdentity({ MODEL_PRELOAD: 'maybe' });
    await expect(import('../../handlers/predict.ts')).resolves.toHaveProperty('handler');
    deployIdentity({ MODEL_PRELOAD: 'true', SELDON_LOG_LEVEL: 'LOUD' });
    await expect(import('../../handlers/predict.ts')).resolves.toHaveProperty('handler');
  });

  test.each<[value: string, info: RegExp]>([
    ['{', /^PREDICTIVE_UNIT_PARAMETERS is not JSON: /],
    ['{}', /^PREDICTIVE_UNIT_PARAMETERS: expected a list \[\{"name", "value", "type"\}\]$/],
    [
      '[1]',
      /^PREDICTIVE_UNIT_PARAMETERS\[0\]: expected \{"name", "value", "type"\}, name and type as text, got 1$/,
    ],
    ['[{"name":"n","type":"INT"}]', /^PREDICTIVE_UNIT_PARAMETERS\[0\]: .*"name":"n","type":"INT"/],
    ['[{"name":"n","value":"1.5","type":"INT"}]', /^parameter n: value "1.5" is not a valid INT$/],
    ['[{"name":"n","value":"maybe","type":"BOOL"}]', /^parameter n: value "maybe" is not a valid BOOL$/],
    ['[{"name":"n","value":"x","type":"FLOAT"}]', /^parameter n: value "x" is not a valid FLOAT$/],
    ['[{"name":"n","value":[],"type":"STRING"}]', /^parameter n: value \[\] is not a valid STRING$/],
    [
      '[{"name":"n","value":"1","type":"constructor"}]',
      /^parameter n: type constructor is not known; expected one of INT, FLOAT, DOUBLE, STRING, BOOL$/,
    ],
  ])(
    'PREDICTIVE_UNIT_PARAMETERS=%s is answered with the parameter, its value and its type',
    async (value, info) => {
      expect(await errorTo({ PREDICTIVE_UNIT_PARAMETERS: value })).toEqual({
        status: 500,
        error: {
          status: 1,
          code: -1,
          reason: 'MICROSERVICE_BAD_PARAMETER',
          info: expect.stringMatching(info),
        },
      });
    },
  );
});

describe('a flag', () => {
  test.each([...TRUE, ...TRUE.map((word) => word.toUpperCase()), 'True', 'oN'])(
    '%s means yes',
    async (word) => {
      const { send } = deploy({ MODEL_NAME: 'RawBytes', PAYLOAD_PASSTHROUGH: word });
      expect(Buffer.from((await send(predict)).body).toString()).toBe('bytes:{"strData":"x"}');
    },
  );

  test.each([...FALSE, ...FALSE.map((word) => word.toUpperCase()), 'False', ''])(
    '%j means no',
    async (word) => {
      const { send } = deploy({ MODEL_NAME: 'Metrics', INCLUDE_METRICS_IN_CLIENT_RESPONSE: word });
      expect(JSON.parse((await send(predict)).body as string).meta).not.toHaveProperty('metrics');
    },
  );

  test('INCLUDE_METRICS_IN_CLIENT_RESPONSE is yes by default', async () => {
    const { send } = deploy({ MODEL_NAME: 'Metrics' });
    expect(JSON.parse((await send(predict)).body as string).meta.metrics).toHaveLength(3);
  });
});

describe('HIDE_INTERNAL_ERRORS', () => {
  const hidden = 'internal error; the log has more';
  const throwing = (kind: string) => ({ ...predict, body: JSON.stringify({ strData: kind }) });
  const deployZoo = (value: string, MODEL_NAME = 'ErrorZoo') =>
    deploy({ MODEL_NAME, HIDE_INTERNAL_ERRORS: value });

  async function infoOf(sent: Promise<{ status: number; body: string | Uint8Array }>) {
    const { status, body } = await sent;
    const error = JSON.parse(body as string).status;
    return { status, reason: error.reason, info: error.info };
  }

  test.each([
    ['predict', 'ErrorZoo', throwing('exception'), 500, 'boom'],
    [
      'transform-input',
      'ErrorZoo',
      { ...throwing('type_error'), path: '/transform-input' },
      500,
      'inner type error',
    ],
    ['health', 'HealthRaises', { method: 'GET', path: '/health/status' }, 503, 'model is sick'],
    ['a load that fails', 'LoadCrash', predict, 500, undefined],
    ['a constructor that fails', 'InitCrash', { method: 'GET', path: '/health/status' }, 503, undefined],
  ] as [string, string, TestRequest, number, string | undefined][])(
    'answers a fixed text for what %s throws, and logs the rest',
    async (_what, model, request, status, text) => {
      const open = await infoOf(deployZoo('false', model).send(request));
      expect(open).toMatchObject({ status, reason: 'MICROSERVICE_INTERNAL_ERROR' });
      if (text !== undefined) {
        expect(open.info).toBe(text);
      }
      forget();
      expect(await infoOf(deployZoo('true', model).send(request))).toEqual({
        status,
        reason: 'MICROSERVICE_INTERNAL_ERROR',
        info: hidden,
      });
      expect(lines().some((line) => line.level === 'error' && JSON.stringify(line).includes(open.info))).toBe(
        true,
      );
    },
  );

  test('answers a fixed text for what initMetadata throws, and logs the rest', async () => {
    const metadata = { method: 'GET', path: '/metadata' };
    const open = await infoOf(deployZoo('false', 'MetaRaises').send(metadata));
    expect(open).toMatchObject({ status: 500, reason: 'MICROSERVICE_BAD_METADATA' });
    const own = open.info.split('failed: ')[1];
    expect(own.length).toBeGreaterThan(0);
    const shut = await infoOf(deployZoo('true', 'MetaRaises').send(metadata));
    expect(shut).toMatchObject({ status: 500 });
    expect(shut.info).not.toContain(own);
  });

  test.each([
    ['sme', 'MICROSERVICE_BAD_DATA', 'user said no'],
    ['sme_422', 'MY_REASON', 'unprocessable'],
    ['sme_503', 'MY_REASON', 'try later'],
  ])('leaves what the model says on purpose (%s)', async (kind, reason, info) => {
    expect(await infoOf(deployZoo('true').send(throwing(kind)))).toMatchObject({ reason, info });
  });

  test('leaves what is wrong with the request', async () => {
    expect((await infoOf(deployZoo('true').send({ ...predict, body: '{' }))).info).toBe(
      "Can't find JSON in data: the text ends after 1 characters; expected a name in double quotes or }",
    );
  });

  test('is no for direct invocations too, and yes', async () => {
    const open = deployZoo('false').invoke('predict', { strData: 'exception' });
    await expect(open).rejects.toMatchObject({ name: 'MICROSERVICE_INTERNAL_ERROR', message: 'boom' });
    const shut = deployZoo('true').invoke('predict', { strData: 'exception' });
    await expect(shut).rejects.toMatchObject({ name: 'MICROSERVICE_INTERNAL_ERROR', message: hidden });
  });
});

describe('the log', () => {
  const refused = { ...predict, body: '{' };

  test.each([
    ['DEBUG', true],
    ['TRACE', true],
    ['INFO', true],
    ['info', true],
    ['WARNING', false],
    ['WARN', false],
    ['warn', false],
    ['ERROR', false],
    ['CRITICAL', false],
    ['FATAL', false],
  ])('at %s has what callers did wrong: %s', async (level, isThere) => {
    for (const name of ['SELDON_LOG_LEVEL', 'AWS_LAMBDA_LOG_LEVEL']) {
      forget();
      await deployIdentity({ [name]: level }).send(refused);
      expect(
        lines().map((line) => line.level),
        name,
      ).toEqual(isThere ? ['info'] : []);
    }
  });

  test('has errors at every level', async () => {
    const request = { ...predict, body: '{"strData":"exception"}' };
    for (const level of ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']) {
      forget();
      await deploy({ MODEL_NAME: 'ErrorZoo', SELDON_LOG_LEVEL: level }).send(request);
      expect(
        lines().map((line) => line.level),
        level,
      ).toEqual(['error']);
    }
  });

  test('follows SELDON_LOG_LEVEL where AWS_LAMBDA_LOG_LEVEL says otherwise', async () => {
    await deployIdentity({ SELDON_LOG_LEVEL: 'ERROR', AWS_LAMBDA_LOG_LEVEL: 'DEBUG' }).send(refused);
    expect(lines()).toEqual([]);
    await deployIdentity({ SELDON_LOG_LEVEL: 'INFO', AWS_LAMBDA_LOG_LEVEL: 'ERROR' }).send(refused);
    expect(lines()).toHaveLength(1);
  });

  test('of the function for all other paths follows the level too', async () => {
    await deployIdentity({ SELDON_LOG_LEVEL: 'ERROR' }).send({ method: 'GET', path: '/nope' });
    expect(lines()).toEqual([]);
  });

  test('is one JSON object a line, whatever was said', async () => {
    const requests: [string, TestRequest][] = [
      ['Identity', refused],
      [
        'Identity',
        { ...predict, body: '{"data":{"tensor":{"shape":[1],"values":["a\\nb\\u2028\\u0000\\ud800"]}}}' },
      ],
      ['Identity', { method: 'GET', path: '/a%0Ab\n\nc' }],
      [
        'Identity',
        { ...predict, headers: { 'content-type': 'application/json', 'seldon-puid': 'p\nq' }, body: '' },
      ],
      ['ErrorZoo', { ...predict, body: '{"strData":"exception_unicode"}' }],
      ['ErrorZoo', { ...predict, body: '{"strData":"recursion"}' }],
      ['LoadCrash', predict],
      ['MetaRaises', { method: 'GET', path: '/metadata' }],
      ['NoSuchModel', predict],
    ];
    for (const [model, request] of requests) {
      forget();
      await deploy({ MODEL_NAME: model }).send(request);
      const failed = lines().filter(({ message }) => message === 'the call failed');
      expect(failed, `${model} ${request.path}`).toMatchObject([{ level: expect.any(String) }]);
    }
  });

  test('names reason, status, path and the invocation of a call that failed', async () => {
    await deployIdentity({}).send(refused);
    expect(lines()[0]).toMatchObject({
      level: 'info',
      status: 400,
      reason: 'MICROSERVICE_BAD_DATA',
      info: "Can't find JSON in data",
      path: '/predict',
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
  });

  test('has an error with its stack and its causes', async () => {
    vi.stubGlobal(
      'returns',
      new Map([
        [
          'x',
          () => {
            throw new Error('outer', { cause: new Error('inner', { cause: 'innermost' }) });
          },
        ],
      ]),
    );
    const MODEL_DIR = new URL('../models/lifecycle/', import.meta.url).pathname;
    await deploy({ MODEL_DIR, MODEL_NAME: 'Returns' }).send(predict);
    expect(lines()[0]?.error).toMatchObject({
      name: 'Error',
      message: 'outer',
      stack: expect.arrayContaining([expect.stringMatching(/^\s+at /)]),
      cause: { message: 'inner', cause: expect.stringContaining('innermost') },
    });
  });

  test('has an error that a model throws anew each time, each time', async () => {
    const shared = new Error('always the same');
    vi.stubGlobal(
      'returns',
      new Map([
        [
          'x',
          () => {
            throw shared;
          },
        ],
      ]),
    );
    const MODEL_DIR = new URL('../models/lifecycle/', import.meta.url).pathname;
    const { send } = deploy({ MODEL_DIR, MODEL_NAME: 'Returns', HIDE_INTERNAL_ERRORS: 'true' });
    await send(predict);
    await send(predict);
    expect(lines().filter(({ error }) => JSON.stringify(error).includes('always the same'))).toHaveLength(2);
  });

  test('has who asked what, when, and how long it took, of a call that went well', async () => {
    const { send } = deployIdentity({});
    const headers = { 'content-type': 'application/json', 'seldon-puid': 'mine' };
    await send({ ...predict, headers });
    await send(predict);
    const line = {
      level: 'info',
      message: 'the call succeeded',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
      method: 'predict',
      path: '/predict',
      status: 200,
      duration: expect.any(Number),
    };
    const [first, second] = lines();
    expect(first).toEqual({ ...line, puid: 'mine', coldStart: true });
    expect(second).toEqual({ ...line, puid: second?.requestId, coldStart: false });
  });

  test('has nothing of what is no call of the model', async () => {
    await deployIdentity({}).send({ method: 'GET', path: '/health/ping' });
    await deployIdentity({}).send({ method: 'GET', path: '/metadata' });
    expect(lines()).toEqual([]);
  });

  test('has what was sent with LOG_PAYLOADS, the first kilobyte of it, and no header', async () => {
    const strData = 'x'.repeat(5000);
    const headers = { 'content-type': 'application/json', authorization: 'secret' };
    const request = { ...predict, headers, body: JSON.stringify({ strData }) };
    await deployIdentity({ LOG_PAYLOADS: 'true' }).send(request);
    await deployIdentity({}).send(request);
    const [shown, hidden] = lines();
    expect(shown).toMatchObject({ request: request.body.slice(0, 1024) });
    expect(String(shown?.response)).toHaveLength(1024);
    expect(hidden).not.toHaveProperty('request');
    expect(JSON.stringify(lines())).not.toContain('secret');
  });
});
