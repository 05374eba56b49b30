import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';

const MODEL_DIR = fileURLToPath(new URL('../models/lifecycle', import.meta.url));
const ARRAYS = ['ndarray', 'tensor', 'tftensor'];

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function serve(name: string, parameters?: readonly object[]) {
  const { send } = deploy({
    MODEL_DIR,
    MODEL_NAME: `Declares.${name}`,
    ...(parameters && { PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(parameters) }),
  });
  return async (path: string, message?: unknown) => {
    const body = message === undefined ? {} : { body: JSON.stringify(message) };
    const answer = await send({ method: message === undefined ? 'GET' : 'POST', path, ...body });
    return { status: answer.status, message: JSON.parse(answer.body as string) };
  };
}

const refused = (status: number, info: string | RegExp) => ({
  status,
  message: { status: { info: typeof info === 'string' ? info : expect.stringMatching(info) } },
});

describe('a class that says which fields it takes', () => {
  test.each([
    ['strData', { strData: 'x' }],
    ['binData', { binData: 'YQ==' }],
    ['jsonData', { jsonData: null }],
    ['jsonData', { jsonData: [[1, 2]], strData: 'x' }],
  ])('refuses %s before its method is called', async (field, message) => {
    const post = serve('Declares');
    const info = `the model does not take ${field}; expected data (an array)`;
    expect(await post('/predict', message)).toMatchObject(refused(400, info));
  });

  test.each([
    { ndarray: [[1, 2]] },
    { tensor: { shape: [1, 2], values: [1, 2] } },
    { tftensor: { dtype: 'DT_DOUBLE', tensorShape: { dim: [{ size: '2' }] }, doubleVal: [1, 2] } },
  ])('takes an array in any form', async (data) => {
    const { status, message } = await serve('Declares')('/predict', { data });
    expect([status, message.jsonData.sum]).toEqual([200, 3]);
  });

  test('says which of several messages it refuses', async () => {
    const messages = [{ data: { ndarray: [1] } }, { strData: 'x' }];
    expect(await serve('Declares')('/aggregate', messages)).toMatchObject(
      refused(400, 'the model does not take seldonMessages[1].strData; expected data (an array)'),
    );
  });

  test('still refuses a message without a payload as ever', async () => {
    expect(await serve('Declares')('/predict', {})).toMatchObject(
      refused(400, 'Invalid request data type: {}'),
    );
  });

  test.each([[5], [['a']], [{ a: 1 }], [true]])('gets only text in strData: %j', async (strData) => {
    const { status, message } = await serve('OnlyTexts')('/predict', { strData });
    expect(status).toBe(400);
    expect(message.status.info).toMatch(
      /^expected strData \(a text\) or jsonData \(any JSON value\), got .* in strData$/,
    );
  });

  test('may be an attribute of the model; raw methods get every message', async () => {
    const post = serve('Texts');
    expect((await post('/predict', { jsonData: 1 })).message).toEqual({ strData: 'raw jsonData' });
  });

  test('is described by these fields only', async () => {
    const { message } = await serve('Declares')('/seldon.json');
    const names = Object.keys(message.components.examples);
    const kinds = names.filter((name) => name.startsWith('SeldonMessage.')).map((name) => name.split('.')[1]);
    expect(kinds.sort()).toEqual(ARRAYS);
    expect(names).not.toContain('SeldonMessageList.strData');
    const parts = message.components.requestBodies.SeldonMessage.content['multipart/form-data'].schema;
    expect(Object.keys(parts.properties)).not.toContain('binData');
    expect(message.info.description).toContain('The model takes `data` only.');
    const texts = await serve('OnlyTexts')('/seldon.json');
    const shown = Object.keys(texts.message.components.examples);
    expect(shown.filter((name) => name.startsWith('SeldonMessage.')).sort()).toEqual([
      'SeldonMessage.jsonData',
      'SeldonMessage.strData',
    ]);
  });

  test('is asked once when it cannot be loaded', async () => {
    const lines = captureLog();
    const { status } = await serve('WrongAccepts')('/seldon.json');
    expect([status, lines().filter(({ level }) => level === 'error')]).toEqual([200, [expect.anything()]]);
  });

  test('has to name fields that there are', async () => {
    expect(await serve('WrongAccepts')('/predict', { strData: 'x' })).toMatchObject(
      refused(
        500,
        'WrongAccepts.accepts is ["ndarray"]; expected a list of some of data, strData, binData, jsonData',
      ),
    );
  });
});

describe('a class that does not, and gets what it does not expect', () => {
  test.each([
    ['/predict', { strData: 'x' }, 'X.asType is not a function'],
    ['/transform-input', { jsonData: {} }, "Cannot read properties of undefined (reading '0')"],
  ])('%s leads its author', async (path, message, error) => {
    const answer = await serve('Silent')(path, message);
    expect(answer.status).toBe(500);
    expect(answer.message.status.info).toBe(
      `${error} (the payload is not an array; a class that takes arrays only says so: static accepts = ['data'])`,
    );
  });
});

describe('a class that says which parameters it takes', () => {
  const post = (name: string, type: string, value: string) =>
    serve('Declares', [{ name, type, value }])('/predict', { data: { ndarray: [1] } });

  test('gets them with their defaults', async () => {
    expect((await post('threshold', 'INT', '1')).message.jsonData.parameters).toEqual({ threshold: 1 });
    expect((await post('label', 'STRING', 'x')).message.jsonData.parameters).toEqual({
      threshold: 0.5,
      label: 'x',
    });
  });

  test.each([
    [
      'threshhold',
      'FLOAT',
      '0.9',
      'parameter threshhold is unknown to Declares; expected only threshold, label; is threshold meant?',
    ],
    ['nope', 'FLOAT', '1', 'parameter nope is unknown to Declares; expected only threshold, label'],
    ['toString', 'FLOAT', '1', 'parameter toString is unknown to Declares; expected only threshold, label'],
    [
      'threshold',
      'STRING',
      '0.9',
      'parameter threshold is "0.9", a string; expected a number, as its default 0.5',
    ],
  ])('refuses %s of type %s', async (name, type, value, info) => {
    const answer = await post(name, type, value);
    expect(answer).toMatchObject(refused(500, info));
    expect(answer.message.status.reason).toBe('MICROSERVICE_BAD_PARAMETER');
  });

  test('has to give an object', async () => {
    const answer = serve('WrongParameters', [{ name: 'threshold', type: 'INT', value: '1' }]);
    expect(await answer('/predict', { strData: 'x' })).toMatchObject(
      refused(
        500,
        /^WrongParameters.parameters is \["threshold"\]; expected an object of default values by name/,
      ),
    );
  });
});

describe('the names of members', () => {
  async function warnings(name: string) {
    const lines = captureLog();
    const post = serve(name);
    await post('/predict', { data: { ndarray: [1] } });
    await post('/predict', { data: { ndarray: [1] } });
    return lines().filter(({ level }) => level === 'warn');
  }

  test('that are nearly those of methods are told, once', async () => {
    const lines = await warnings('Slips');
    expect(lines.map((line) => `${line.name} -> ${line.meant}`).sort()).toEqual([
      'Predict -> predict',
      'agregate -> aggregate',
      'classnames -> classNames',
      'send_feedback -> sendFeedback',
      'stateFul -> static stateful',
      'transform_input -> transformInput',
    ]);
    const messages = lines.map(({ message }) => message);
    expect(messages).toContain('Slips.Predict is unknown here; is predict meant?');
  });

  test('of helpers are not', async () => {
    expect(await warnings('Helpers')).toEqual([]);
  });
});
