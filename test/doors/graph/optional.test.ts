import { afterEach, describe, expect, test, vi } from 'vitest';
import type { UnitJson } from '../../support/graph/graph-case.ts';
import { planOf } from '../../support/graph/plan-of.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, prediction, unitOf } from '../../support/graph/simple-graph.ts';
import { captureLog } from '../../support/log-lines.ts';

const CASE = { id: '', title: '', source: '', request: { path: '' }, expect: {}, calls: [] };
const MESSAGE = { data: { ndarray: [[1]] } };
const TAG = 'seldon-lambda/missing';

/**
 * Serves a graph with optional units. Models answer their place in the alphabet; those of `down` fail, and
 * combiners answer the sum.
 */
async function serve(graph: UnitJson, optional: readonly string[], down: ReadonlySet<string>) {
  const annotations = Object.fromEntries(
    optional.map((name) => [`seldon-lambda.io/optional.${name}`, 'true']),
  );
  const plan = await planOf({ ...CASE, graph, annotations }, (name) => `model:${name}`);
  const told: string[] = [];
  const isMean = graph.implementation === 'AVERAGE_COMBINER';
  const names = Object.keys(plan.predictors[0]?.units ?? {});
  const units = Object.fromEntries(
    names.map((name) => [
      name,
      unitOf(
        class {
          predict() {
            if (down.has(name)) {
              throw new Error(`${name} is down`);
            }
            const number = name.charCodeAt(0) - 96;
            // The third answers two columns.
            return [name === 'c' && isMean ? [number, number] : [number]];
          }
          aggregate(answers: readonly { toFlat(): number[] }[]) {
            return [[answers.reduce((sum, answer) => 10 * sum + Number(answer.toFlat()[0]), 0)]];
          }
          sendFeedback() {
            told.push(name);
          }
        },
      ),
    ]),
  );
  const { send } = await serveGraph(plan, units, { SELDON_LOG_LEVEL: 'INFO' });
  const ask = async (request: Parameters<typeof send>[0]) => {
    const { status, headers, body } = await send(request);
    return { status, headers, json: JSON.parse(String(body)) };
  };
  return { ask, told };
}

const three: UnitJson = {
  name: 'z',
  type: 'COMBINER',
  children: [
    { name: 'a', type: 'MODEL' },
    { name: 'b', type: 'MODEL' },
    { name: 'c', type: 'MODEL' },
  ],
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a combiner with an optional child', () => {
  test('combines all answers when all children answer, and says nothing of it', async () => {
    const { ask } = await serve(three, ['b'], new Set());
    const { status, json } = await ask(prediction(MESSAGE));
    expect([status, json.data.ndarray, json.meta.tags]).toEqual([200, [[123]], undefined]);
  });

  test('combines the others in their order, and names in a tag and in the log who is missing', async () => {
    const lines = captureLog();
    const { ask } = await serve(three, ['a', 'b'], new Set(['a']));
    const { status, headers, json } = await ask(prediction(MESSAGE));
    expect([status, json.data.ndarray, json.meta.tags]).toEqual([200, [[23]], { [TAG]: ['a'] }]);
    expect(headers).not.toHaveProperty('seldon-failed-node');
    const line = lines().find(({ message }) => message === 'the call succeeded');
    expect(line).toMatchObject({ failedNodes: { a: expect.stringContaining('a is down') } });
  });

  test('fails with a child that is not optional, also when an optional one has failed before it', async () => {
    const { ask } = await serve(three, ['a'], new Set(['a', 'c']));
    const { status, headers } = await ask(prediction(MESSAGE));
    expect([status, headers['seldon-failed-node']]).toEqual([500, 'c']);
  });

  test('fails with the child that is not optional when no child answers', async () => {
    const { ask } = await serve(three, ['a', 'c'], new Set(['a', 'b', 'c']));
    const { status, headers } = await ask(prediction(MESSAGE));
    expect([status, headers['seldon-failed-node']]).toEqual([500, 'b']);
  });

  test('fails with the first child when no child answers', async () => {
    const { ask } = await serve(three, ['a', 'b', 'c'], new Set(['a', 'b', 'c']));
    const { status, headers } = await ask(prediction(MESSAGE));
    expect([status, headers['seldon-failed-node']]).toEqual([500, 'a']);
  });

  test('says of the others by their names what is wrong with them', async () => {
    const mean = { ...three, type: 'COMBINER', implementation: 'AVERAGE_COMBINER' };
    const { ask } = await serve(mean, ['a'], new Set(['a']));
    const { status, json } = await ask(prediction(MESSAGE));
    const info = 'expected arrays of one shape, got (1,1) from b and (1,2) from c';
    expect([status, json.status.info]).toEqual([500, info]);
  });

  test('keeps the names that combiners below it have given', async () => {
    const inner = { name: 'y', type: 'COMBINER', children: three.children?.slice(0, 2) ?? [] };
    const graph = { ...three, children: [inner, { name: 'c', type: 'MODEL' }, { name: 'd', type: 'MODEL' }] };
    const { ask } = await serve(graph, ['a', 'c'], new Set(['a', 'c']));
    const { json } = await ask(prediction(MESSAGE));
    expect([json.data.ndarray, json.meta.tags]).toEqual([[[24]], { [TAG]: ['a', 'c'] }]);
  });

  test('tells the missing units nothing of a feedback, and all others', async () => {
    const down = new Set(['b']);
    const { ask, told } = await serve(three, ['b'], down);
    const { json } = await ask(prediction(MESSAGE));
    expect((await ask(feedback({ response: json, reward: 1 }))).status).toBe(200);
    expect(told.sort()).toEqual(['a', 'c']);
    told.length = 0;
    down.clear();
    const { json: whole } = await ask(prediction(MESSAGE));
    await ask(feedback({ response: whole, reward: 1 }));
    expect(told.sort()).toEqual(['a', 'b', 'c']);
  });

  test('a tag of the caller keeps no unit from its feedback that is not optional', async () => {
    const { ask, told } = await serve(three, ['b'], new Set());
    await ask(
      feedback({ response: { ...MESSAGE, meta: { tags: { [TAG]: ['a', 'b', 3, null] } } }, reward: 1 }),
    );
    expect(told.sort()).toEqual(['a', 'c']);
  });
});
