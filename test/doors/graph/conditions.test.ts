import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';

const MODELS = ['first', 'second', 'third'];

/** Sends a request, and reads its answer. */
async function ask({ send }: Pick<ServedGraph, 'send'>, request: Parameters<ServedGraph['send']>[0]) {
  const { body, ...answer } = await send(request);
  return { ...answer, json: JSON.parse(String(body)) };
}

/** A hardcoded router `x` over models that answer their own name, and note the feedback that they get. */
async function serveRouter(
  implementation: string,
  parameters: Readonly<Record<string, string | number>>,
  answers: Readonly<Record<string, (X: unknown) => unknown>> = {},
) {
  const told: string[] = [];
  const called: string[] = [];
  const count = Object.keys(parameters).filter((name) => name !== 'default').length;
  const names = MODELS.slice(0, implementation === 'WEIGHTED' ? count : count + 1);
  const plan = await graphPlan(
    {
      name: 'x',
      implementation,
      parameters: Object.entries(parameters).map(([name, value]) => ({
        name,
        value: String(value),
        type: typeof value === 'string' ? 'STRING' : Number.isInteger(value) ? 'INT' : 'FLOAT',
      })),
      children: names.map((name) => ({ name, type: 'MODEL' })),
    },
    { injected: true },
  );
  const units = Object.fromEntries(
    names.map((name) => [
      name,
      unitOf(
        class {
          predict(X: unknown) {
            called.push(name);
            return answers[name]?.(X) ?? name;
          }
          sendFeedback() {
            told.push(name);
          }
        },
      ),
    ]),
  );
  const served = await serveGraph(plan, units, { SELDON_STICKY_HEADER: 'x-user-id' });
  return { ...served, told, called };
}

/** The model that answered. */
async function answerOf(served: Pick<ServedGraph, 'send'>, body: object): Promise<unknown> {
  return (await ask(served, prediction(body))).json.strData;
}

describe('SWITCH', () => {
  test('chooses the first child whose condition holds, else the default', async () => {
    const served = await serveRouter('SWITCH', {
      0: 'data.ndarray[0][2] > 0.5 and meta.tags.country == "DE"',
      1: 'strData',
      default: 2,
    });
    const rows = { data: { ndarray: [[1, 2, 0.75]] } };
    expect(await answerOf(served, { ...rows, meta: { tags: { country: 'DE' } } })).toBe('first');
    expect(await answerOf(served, { ...rows, meta: { tags: { country: 'FR' } } })).toBe('third');
    expect(await answerOf(served, rows)).toBe('third');
    expect(await answerOf(served, { strData: 'text' })).toBe('second');
  });

  test('tells the child that answered of a feedback', async () => {
    const served = await serveRouter('SWITCH', { 0: 'strData == "a"', default: 1 });
    for (const text of ['a', 'b', 'a']) {
      const { json } = await ask(served, prediction({ strData: text }));
      expect(json).toMatchObject({ meta: { routing: { x: text === 'a' ? 0 : 1 } } });
      await served.send(feedback({ response: json, reward: 1 }));
    }
    expect(served.told).toEqual(['first', 'second', 'first']);
  });

  test('without a default, answers the message itself when no condition holds', async () => {
    const plan = await graphPlan({
      name: 'x',
      implementation: 'SWITCH',
      parameters: [{ name: '0', value: 'strData == "a"', type: 'STRING' }],
      children: [{ name: 'first', type: 'MODEL' }],
    });
    const { send } = await serveGraph(plan, {
      first: unitOf(
        class {
          predict = () => 'first';
        },
      ),
    });
    expect((await ask({ send }, prediction({ strData: 'b' }))).json).toMatchObject({ strData: 'b' });
    expect((await ask({ send }, prediction({ strData: 'a' }))).json).toMatchObject({ strData: 'first' });
  });

  test('reads a form, and refuses what is not JSON', async () => {
    const served = await serveRouter('SWITCH', { 0: 'strData == "a"', default: 1 });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `json=${encodeURIComponent('{"strData":"a"}')}`;
    expect((await ask(served, prediction(body, form))).json).toMatchObject({ strData: 'first' });
    const { status, headers, json } = await ask(served, prediction('{"strData":'));
    expect(status).toBe(400);
    expect(headers['seldon-failed-node']).toBe('x');
    expect(json.status.info).toBe(
      "Can't find JSON in data: the text ends after 11 characters; expected a value",
    );
    expect(served.called).toEqual(['first']);
  });

  test('compares integers beyond 2^53 by all their digits', async () => {
    const served = await serveRouter('SWITCH', { 0: 'jsonData.id == 9007199254740993', default: 1 });
    expect(await answerOf(served, { strData: 'no number' })).toBe('second');
    const sent = (id: string) => ask(served, prediction(`{"jsonData":{"id":${id}}}`));
    expect((await sent('9007199254740993')).json).toMatchObject({ strData: 'first' });
    expect((await sent('9007199254740992')).json).toMatchObject({ strData: 'second' });
  });

  test.each<[condition: string, message: object, holds: boolean]>([
    ['jsonData.a', { a: 0 }, true],
    ['jsonData.a', { a: '' }, true],
    ['jsonData.a', { a: [] }, true],
    ['jsonData.a', { a: false }, false],
    ['jsonData.a', { a: null }, false],
    ['jsonData.b', { a: 1 }, false],
    ['jsonData.b == null', { a: 1 }, true],
    ['jsonData.b != null', { a: 1 }, false],
    ['jsonData.b != 1', { a: 1 }, true],
    ['jsonData.b < 1', { a: 1 }, false],
    ['not jsonData.b < 1', { a: 1 }, true],
    ['jsonData.a < 2', { a: '1' }, false],
    ['jsonData.a == 1', { a: '1' }, false],
    ['jsonData.a == 1', { a: true }, false],
    ['jsonData.a >= "b"', { a: 'c' }, true],
    ['jsonData.a == jsonData.b', { a: [1], b: [1] }, false],
    ['jsonData.a == jsonData.b', { a: 2, b: 2 }, true],
    ['jsonData.a[-1] == 3', { a: [1, 2, 3] }, true],
    ['jsonData.a[3] == null', { a: [1, 2, 3] }, true],
    ['jsonData.a[0] == null', { a: { 0: 1 } }, true],
    ['jsonData["my key"]["not"] == \'it\\\'s\'', { 'my key': { not: "it's" } }, true],
    ['jsonData.not.and.or', { not: { and: { or: 1 } } }, true],
    ['jsonData.constructor', { a: 1 }, false],
    ['jsonData.a.length', { a: [1] }, false],
    ['jsonData.a == 1 or jsonData.a == 2 and jsonData.b == 3', { a: 1 }, true],
    ['(jsonData.a == 1 or jsonData.a == 2) and jsonData.b == 3', { a: 1 }, false],
    ['1e2 == jsonData.a', { a: 100 }, true],
    ['-1.5 < jsonData.a', { a: -1 }, true],
    ['"\\u00e4" == jsonData.a', { a: 'ä' }, true],
  ])('%s of %j: %j', async (condition, jsonData, holds) => {
    const served = await serveRouter('SWITCH', { 0: condition, default: 1 });
    expect(await answerOf(served, { jsonData })).toBe(holds ? 'first' : 'second');
  });

  test('decides as JavaScript does with the same words', async () => {
    type Term = { readonly text: string; readonly value: boolean };
    const leaf = fc
      .record({
        a: fc.integer({ min: -3, max: 3 }),
        b: fc.integer({ min: -3, max: 3 }),
        sign: fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
      })
      .map(({ a, b, sign }): Term => {
        const holds = { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b, '==': a === b, '!=': a !== b };
        return { text: `${a} ${sign} ${b}`, value: holds[sign as keyof typeof holds] };
      });
    const { term } = fc.letrec<{ term: Term }>((tie) => ({
      term: fc.oneof(
        { depthSize: 'small' },
        leaf,
        tie('term').map(({ text, value }) => ({ text: `not (${text})`, value: !value })),
        fc.tuple(tie('term'), tie('term')).map(([one, other]) => ({
          text: `(${one.text}) and (${other.text})`,
          value: one.value && other.value,
        })),
        // Without parentheses: `and` binds closer.
        fc.tuple(leaf, leaf, leaf).map(([one, other, third]) => ({
          text: `${one.text} or ${other.text} and ${third.text}`,
          value: one.value || (other.value && third.value),
        })),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(term, async ({ text, value }) => {
        const served = await serveRouter('SWITCH', { 0: text, default: 1 });
        expect(await answerOf(served, { strData: '' })).toBe(value ? 'first' : 'second');
      }),
      { numRuns: 100 },
    );
  });

  test('sees the words of Python that JSON lacks', async () => {
    const served = await serveRouter('SWITCH', { 0: 'data.ndarray[0][0] > 1e308', default: 1 });
    expect((await ask(served, prediction('{"data":{"ndarray":[[Infinity]]}}'))).json.strData).toBe('first');
    expect((await ask(served, prediction('{"data":{"ndarray":[[NaN]]}}'))).json.strData).toBe('second');
  });

  describe('in the other protocols', () => {
    const model = (answer: number) =>
      unitOf(
        class {
          predict = () => [[answer]];
          transformInput = (X: { map(f: (x: number) => number): unknown }) => X;
        },
      );
    const serveOther = async (condition: string, protocol: 'v2' | 'tensorflow', isBelow = false) => {
      const router = {
        name: 'x',
        implementation: 'SWITCH',
        parameters: [
          { name: '0', value: condition, type: 'STRING' },
          { name: 'default', value: '1', type: 'INT' },
        ],
        children: [
          { name: 'one', type: 'MODEL' },
          { name: 'two', type: 'MODEL' },
        ],
      };
      const root = isBelow ? { name: 'top', type: 'TRANSFORMER', children: [router] } : router;
      const plan = await graphPlan(root, { protocol });
      return serveGraph(plan, { top: model(0), one: model(1), two: model(2) });
    };

    test.each([false, true])('looks into the JSON of a request; below a transformer: %j', async (isBelow) => {
      const v2 = await serveOther('inputs[0].data[0] > 0.5', 'v2', isBelow);
      const tensorflow = await serveOther('instances[0][0] > 0.5', 'tensorflow', isBelow);
      for (const [value, answer] of [
        [0.75, 1],
        [0.25, 2],
      ] as const) {
        const inputs = [{ name: 'a', shape: [1, 1], datatype: 'FP64', data: [value] }];
        const infer = { ...prediction({ inputs }), path: '/v2/models/infer' };
        expect((await ask(v2, infer)).json.outputs[0].data).toEqual([answer]);
        const predict = { ...prediction({ instances: [[value]] }), path: '/v1/models/dep:predict' };
        expect((await ask(tensorflow, predict)).json.predictions).toEqual([[answer]]);
      }
    });

    test.each([
      ['inputs[0].data[1] == 9007199254740993', 'INT64', new BigInt64Array([1n, 9007199254740993n]), 1],
      ['inputs[0].data[1] == 9007199254740992', 'INT64', new BigInt64Array([1n, 9007199254740993n]), 2],
      ['inputs[0].data[0] > 0.5 and inputs[0].shape[0] == 2', 'FP32', new Float32Array([0.75, 0]), 1],
    ])('looks into the bytes of a request: %s', async (condition, datatype, numbers, answer) => {
      const { send } = await serveOther(condition, 'v2');
      const bytes = Buffer.from(numbers.buffer);
      const parameters = { binary_data_size: bytes.length };
      const json = JSON.stringify({ inputs: [{ name: 'a', shape: [2], datatype, parameters }] });
      const { body } = await send({
        method: 'POST',
        path: '/v2/models/infer',
        headers: {
          'content-type': 'application/octet-stream',
          'inference-header-content-length': `${json.length}`,
        },
        body: Buffer.concat([Buffer.from(json), bytes]),
      });
      expect(JSON.parse(String(body)).outputs[0].data).toEqual([answer]);
    });
  });
});

describe('WEIGHTED', () => {
  test('divides the callers by the weights; each gets the same child again', async () => {
    const served = await serveRouter('WEIGHTED', { 0: 1, 1: 0, 2: 2.5 });
    const counts: Record<string, number> = { first: 0, second: 0, third: 0 };
    for (let user = 0; user < 2000; user++) {
      const request = prediction({ strData: '' }, { 'x-user-id': `user-${user}` });
      const { strData } = (await ask(served, request)).json;
      counts[strData] = (counts[strData] ?? 0) + 1;
      if (user % 100 === 0) {
        expect((await ask(served, request)).json).toMatchObject({ strData });
      }
    }
    expect(counts.second).toBe(0);
    expect((counts.first as number) / 2000).toBeCloseTo(1 / 3.5, 1);
  });

  test('tells the child that answered of a feedback', async () => {
    const served = await serveRouter('WEIGHTED', { 0: 1, 1: 1, 2: 1 });
    for (let call = 0; call < 20; call++) {
      const { json } = await ask(served, prediction({ strData: '' }));
      await served.send(feedback({ response: json, reward: 1 }));
    }
    expect(served.told).toEqual(served.called);
  });
});

describe('CASCADE', () => {
  const row = (X: number) => ({ data: { ndarray: [[X]] } });
  /** The first is sure of numbers below 1, the second of those below 2. */
  const unsure = {
    0: 'data.ndarray[0][0] < 0.8 and meta.requestPath.first',
    1: 'data.ndarray[0][0] < 0.8',
  };
  const answers = {
    first: (X: unknown) => [[Number(X) < 1 ? 0.9 : 0.5]],
    second: (X: unknown) => [[Number(X) < 2 ? 0.95 : 0.6]],
    third: () => [[0.7]],
  };
  const number = (X: unknown) => Number((X as { toFlat(): number[] }).toFlat()[0]);
  const all = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [name, (X: unknown) => answer(number(X))]),
  );

  test('goes on, with the first message, as long as the condition holds for the answer', async () => {
    const served = await serveRouter('CASCADE', unsure, all);
    for (const [X, answer, route] of [
      [0, 0.9, 0],
      [1, 0.95, 1],
      [5, 0.7, 2],
    ] as const) {
      served.called.length = 0;
      const { json } = await ask(served, prediction(row(X)));
      expect(json).toMatchObject({ data: { ndarray: [[answer]] }, meta: { routing: { x: route } } });
      expect(served.called).toEqual(MODELS.slice(0, route + 1));
      served.told.length = 0;
      await served.send(feedback({ request: row(X), response: json, reward: 1 }));
      expect(served.told).toEqual([MODELS[route]]);
    }
  });

  test('ends with the error of a child that fails', async () => {
    const fail = () => {
      throw new Error('no idea');
    };
    const served = await serveRouter('CASCADE', unsure, { ...all, second: fail });
    expect((await served.send(prediction(row(0)))).status).toBe(200);
    const { status, headers } = await served.send(prediction(row(1)));
    expect([status, headers['seldon-failed-node']]).toEqual([500, 'second']);
  });
});
