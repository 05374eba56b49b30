import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  counter,
  fromNested,
  type Meta,
  modelFile,
  type Payload,
  SeldonError,
  SeldonResponse,
} from 'seldon-lambda';
import { serve } from 'seldon-lambda/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { removeFolders, temporaryFolder } from '../support/project.ts';

afterAll(removeFolders);

/** Answers what it was given, and what it was made with. */
class Echo {
  static parameters = { weight: 0.5, label: 'none', isOn: false };
  readonly given: object;

  constructor(given: { weight: number; label: string; isOn: boolean }) {
    this.given = given;
  }

  predict(X: Payload, names: string[], meta?: Meta) {
    const kind = X instanceof Uint8Array ? 'bytes' : typeof X;
    return new SeldonResponse(
      { kind, names, given: this.given, tags: meta?.tags ?? null },
      {
        metrics: [counter('calls', 1)],
      },
    );
  }

  transformInput(X: Payload) {
    return X as string;
  }
}

/** Counts in a state, and remembers whether it was kept. */
class Counter {
  private count = 0;

  predict() {
    return [[this.count]];
  }

  sendFeedback(_X: unknown, _names: string[], reward: number) {
    this.count += reward;
  }

  getState() {
    return { count: this.count };
  }

  setState({ count }: { count: number }) {
    this.count = count;
  }
}

class Failing {
  predict(X: Payload): string {
    if (X === 'refuse') {
      throw new SeldonError('MICROSERVICE_BAD_DATA', 'refused');
    }
    return 'fine';
  }
}

describe('a payload is sent as what it is:', () => {
  const model = serve(Echo);

  test.each([
    ['a list', [[1, 2]], { data: { ndarray: [[1, 2]] } }],
    ['an array', fromNested([[1, 2]]), { data: { tensor: { shape: [1, 2], values: [1, 2] } } }],
    ['a text', 'text', { strData: 'text' }],
    ['bytes', Uint8Array.of(1, 2), { binData: 'AQI=' }],
    ['an object', { a: 1 }, { jsonData: { a: 1 } }],
    ['a message of text', { strData: 'text' }, { strData: 'text' }],
    ['a message of bytes', { binData: Uint8Array.of(1, 2) }, { binData: 'AQI=' }],
    ['a message of an array', { data: { ndarray: [[1]] }, meta: {} }, { data: { ndarray: [[1]] } }],
    [
      'an object that is like a message',
      { data: [1], strData: 'a' },
      { jsonData: { data: [1], strData: 'a' } },
    ],
    ['an object with more', { strData: 'a', b: 1 }, { jsonData: { strData: 'a', b: 1 } }],
  ])('%s', async (_what, payload, message) => {
    expect(await model.transformInput(payload)).toMatchObject({ status: 200, message });
  });

  test.each([
    ['long integers', fromNested([9007199254740993n, 1n]), '"values":[9007199254740993,1]'],
    ['text', fromNested([['a', 'b']]), '"ndarray":[["a","b"]]'],
    ['what is no number', fromNested([Number.NaN, 1]), '"values":["NaN",1]'],
  ])('an array of %s, with nothing of it changed', async (_what, array, text) => {
    expect((await model.transformInput(array)).body).toContain(text);
  });

  test('with its names, its meta and its headers', async () => {
    const { headers, message } = await model.predict([[1]], {
      names: ['x'],
      meta: { tags: { a: 1 } },
      headers: { 'Seldon-Puid': 'p1' },
    });
    expect(message.jsonData).toMatchObject({ kind: 'object', names: ['x'], tags: { a: 1 } });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'seldon-puid': 'p1' });
    const whole = { data: { ndarray: [[1]] }, meta: { tags: { a: 0, b: 2 } } };
    const again = await model.predict(whole, { names: ['x'], meta: { tags: { a: 1 } } });
    expect(again.message.jsonData).toMatchObject({ names: ['x'], tags: { a: 1 } });
  });
});

test.each<[what: string, model: unknown, options: object, sentence: string]>([
  [
    'nothing',
    undefined,
    {},
    'serve: expected the class of a model, or the path of its file; got undefined: does ',
  ],
  ['an instance', new Echo({ weight: 1, label: '', isOn: true }), {}, 'the path of its file; got an Echo'],
  ['a function', () => [1], {}, 'the path of its file; got a function'],
  ['another option', Echo, { params: {} }, 'serve: there is no option params; expected one of parameters, '],
])('%s is refused', (_what, model, options, sentence) => {
  expect(() => serve(model as typeof Echo, options)).toThrow(TypeError);
  expect(() => serve(model as typeof Echo, options)).toThrow(sentence);
});

test('parameters are typed, and the others have their defaults', async () => {
  const { message } = await serve(Echo, { parameters: { weight: 2, isOn: true } }).predict('x');
  expect(message.jsonData).toMatchObject({ given: { weight: 2, label: 'none', isOn: true } });
  // @ts-expect-error: the constructor takes a number.
  const wrong = await serve(Echo, { parameters: { weight: 'heavy' } }).predict('x');
  expect(wrong).toMatchObject({ status: 500, message: { status: { reason: 'MICROSERVICE_BAD_PARAMETER' } } });
  // @ts-expect-error: no parameter is a list.
  expect(() => serve(Echo, { parameters: { label: ['a'] } })).toThrow('parameter label: expected a number');
});

test('all other endpoints answer, too', async () => {
  const model = serve(Echo, { environment: { PREDICTIVE_UNIT_ID: 'echo' } });
  await model.predict('x');
  expect(await model.get('/health/ping')).toMatchObject({ status: 200, body: 'pong' });
  expect(await model.get('/health/status')).toMatchObject({ status: 200 });
  expect((await model.get('/metrics')).body).toContain('calls_total{');
  expect((await model.get('/seldon.json')).message.openapi).toMatch(/^3\.1/);
  expect(await model.get('/no/where')).toMatchObject({ status: 404 });
  expect(await model.send({ method: 'DELETE', path: '/predict' })).toMatchObject({ status: 405 });
  expect(await model.send({ path: '/predict?json={"strData":"x"}' })).toMatchObject({ status: 200 });
});

test('an error of the model is its answer', async () => {
  const model = serve(Failing);
  expect(await model.predict('refuse')).toMatchObject({
    status: 400,
    message: { status: { info: 'refused' } },
  });
  expect(await model.post('/predict', '{')).toMatchObject({ status: 400 });
  expect(await model.predict('x')).toMatchObject({ status: 200, message: { strData: 'fine' } });
});

test('what is served at the same time shares no state, but through a store that both are given', async () => {
  const [one, two] = [serve(Counter), serve(Counter)];
  await Promise.all([one.sendFeedback({ reward: 1 }), two.sendFeedback({ reward: 10 })]);
  await one.sendFeedback({ reward: 1 });
  expect((await one.predict([])).message.data?.ndarray).toEqual([[2]]);
  expect((await two.predict([])).message.data?.ndarray).toEqual([[10]]);

  const environment = { STATE_URL: 'memory://shared-by-two', STATE_MAX_AGE_MS: '0' };
  const [three, four] = [serve(Counter, { environment }), serve(Counter, { environment })];
  await three.sendFeedback({ reward: 1 });
  expect((await four.predict([])).message.data?.ndarray).toEqual([[1]]);
});

test('the functions see the variables that they are given, and not those of the process', async () => {
  vi.stubEnv('PREDICTIVE_UNIT_PARAMETERS', '[{"name":"weight","value":"9","type":"FLOAT"}]');
  vi.stubEnv('SELDON_LOG_LEVEL', 'not a level');
  const { status, message } = await serve(Echo).predict('x');
  vi.unstubAllEnvs();
  expect(status).toBe(200);
  expect(message.jsonData).toMatchObject({ given: { weight: 0.5 } });
});

describe('the files of a model', () => {
  let folder: string;

  beforeAll(() => {
    folder = temporaryFolder();
    for (const name of ['red', 'blue']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'name.txt'), name);
    }
    writeFileSync(
      join(folder, 'red/Filed.mjs'),
      'export class Filed { predict() { return "from a file"; } }\n',
    );
  });

  class Reading {
    readonly file = modelFile('name.txt');

    predict() {
      return [this.file, modelFile('name.txt')];
    }
  }

  test('are in the folder that is given, also of several at once', async () => {
    const models = ['red', 'blue'].map((name) => serve(Reading, { folder: join(folder, name) }));
    const answers = await Promise.all(models.map((model) => model.predict('')));
    expect(answers.map(({ message }) => message.data?.ndarray)).toEqual(
      ['red', 'blue'].map((name) => [join(folder, name, 'name.txt'), join(folder, name, 'name.txt')]),
    );
  });

  test('lie beside a model that is given as a file', async () => {
    const { message } = await serve(join(folder, 'red/Filed.mjs')).predict('');
    expect(message.strData).toBe('from a file');
    writeFileSync(
      join(folder, 'red/Common.cjs'),
      'module.exports = class Common { predict() { return "from CommonJS"; } };\n',
    );
    expect((await serve(join(folder, 'red/Common.cjs')).predict('')).message.strData).toBe('from CommonJS');
    expect(await serve(join(folder, 'red/Nope.mjs')).predict('')).toMatchObject({ status: 500 });
  });
});
