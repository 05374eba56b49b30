import { describe, expect, test } from 'vitest';
import type { GraphPlan } from '../../../src/runtime/graph/plan.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';

/** A graph of several predictors, each with one model that answers the predictor's name. */
async function split(...predictors: (readonly [name: string, traffic: number, isShadow?: boolean])[]) {
  const plans = await Promise.all(
    predictors.map(([name, traffic, isShadow = false]) =>
      graphPlan({ name: `of-${name}`, type: 'MODEL' }, { name, traffic, isShadow, isRoutingInjected: true }),
    ),
  );
  const told: string[] = [];
  const units = Object.fromEntries(
    predictors.map(([name]) => [
      `of-${name}`,
      unitOf(
        class {
          predict = () => name;
          sendFeedback = () => {
            told.push(name);
          };
        },
      ),
    ]),
  );
  const plan: GraphPlan = { deployment: 'dep', predictors: plans.flatMap(({ predictors: all }) => all) };
  return { plan, units, told };
}

const MESSAGE = { data: { ndarray: [[1]] } };

describe('several predictors', () => {
  test('get the requests by their traffic, those with one key always the same one, in every instance', async () => {
    const { plan, units } = await split(['old', 90], ['new', 10]);
    const one = await serveGraph(plan, units, { SELDON_STICKY_HEADER: 'X-User-Id' });
    const two = await serveGraph(plan, units, { SELDON_STICKY_HEADER: 'X-User-Id' });
    const counts: Record<string, number> = { old: 0, new: 0 };
    for (let user = 0; user < 10_000; user++) {
      const request = prediction(MESSAGE, { 'x-user-id': `user-${user}`, 'seldon-puid': `${user % 7}` });
      const { headers } = await one.send(request);
      const name = headers['seldon-predictor'] as string;
      counts[name] = (counts[name] ?? 0) + 1;
      if (user % 100 === 0) {
        expect((await two.send(request)).headers['seldon-predictor']).toBe(name);
      }
    }
    expect(counts.new).toBeGreaterThan(900);
    expect(counts.new).toBeLessThan(1100);
    expect((counts.old ?? 0) + (counts.new ?? 0)).toBe(10_000);
  });

  test('without the header, those with one Seldon-Puid go to the same', async () => {
    const { plan, units } = await split(['a', 50], ['b', 50]);
    const served = await serveGraph(plan, units);
    const names = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const { headers } = await served.send(prediction(MESSAGE, { 'seldon-puid': 'mine' }));
      names.add(headers['seldon-predictor'] as string);
    }
    expect(names.size).toBe(1);
  });

  test('the answer says which it is of, and feedback goes back there', async () => {
    const { plan, units, told } = await split(['a', 50], ['b', 50]);
    const served = await serveGraph(plan, units);
    for (let i = 0; i < 10; i++) {
      const { headers, body } = await served.send(prediction(MESSAGE, { 'seldon-puid': `p${i}` }));
      const response = JSON.parse(String(body));
      const name = headers['seldon-predictor'] as string;
      expect(response).toMatchObject({ strData: name, meta: { routing: { dep: name === 'a' ? 0 : 1 } } });
      // Under another key: the routing of the answer counts.
      const request = feedback({ request: MESSAGE, response, reward: 1 }, { 'seldon-puid': `q${i}` });
      expect((await served.send(request)).status).toBe(200);
      expect(told.splice(0)).toEqual([name]);
    }
  });

  test.each([7, -1, 'a', 0.5])('a feedback for predictor %j is refused', async (route) => {
    const { plan, units, told } = await split(['a', 50], ['b', 50]);
    const served = await serveGraph(plan, units);
    const { status, body } = await served.send(
      feedback({ response: { meta: { routing: { dep: route } } }, reward: 1 }),
    );
    expect([status, String(body)]).toEqual([400, expect.stringContaining('expected 0 or 1')]);
    expect(told).toEqual([]);
  });

  test('a unit may have the name of the deployment', async () => {
    const { plan, units, told } = await split(['a', 50], ['b', 50]);
    const served = await serveGraph({ ...plan, deployment: 'of-b' }, units);
    for (let i = 0; i < 10; i++) {
      const { headers, body } = await served.send(prediction(MESSAGE, { 'seldon-puid': `p${i}` }));
      const response = JSON.parse(String(body));
      const name = headers['seldon-predictor'] as string;
      expect(response.meta.routing).toEqual({ '/of-b': name === 'a' ? 0 : 1, [`of-${name}`]: -1 });
      expect((await served.send(feedback({ response, reward: 1 }))).status).toBe(200);
      expect(told.splice(0)).toEqual([name]);
    }
  });

  test('an error says which one it is of', async () => {
    const { plan, units } = await split(['a', 0], ['b', 100]);
    const { status, headers } = await (await serveGraph(plan, units)).send(prediction('{'));
    expect([status, headers['seldon-predictor'], headers['seldon-failed-node']]).toEqual([400, 'b', 'of-b']);
  });

  test('a shadow cannot get feedback, and is not among those that are expected', async () => {
    const { plan, units } = await split(['a', 0], ['s', 0, true], ['b', 100]);
    const served = await serveGraph(plan, units);
    const { status, body } = await served.send(
      feedback({ response: { meta: { routing: { dep: 1 } } }, reward: 1 }),
    );
    expect([status, String(body)]).toEqual([400, expect.stringContaining('answers here; expected 0 or 2')]);
  });

  test('one of them can be the only one that answers', async () => {
    const { plan, units } = await split(['a', 100], ['b', 0]);
    const served = await serveGraph(plan, units, { SELDON_PREDICTOR: 'b' });
    expect(String((await served.send(prediction(MESSAGE))).body)).toContain('"strData":"b"');
    await expect(serveGraph(plan, units, { SELDON_PREDICTOR: 'c' })).rejects.toThrow('expected one of a, b');
  });

  test('a shadow never answers', async () => {
    const { plan, units } = await split(['a', 100], ['s', 0, true]);
    const served = await serveGraph(plan, units);
    for (let i = 0; i < 20; i++) {
      expect((await served.send(prediction(MESSAGE))).headers['seldon-predictor']).toBe('a');
    }
  });
});

test('a graph with one predictor says nothing of it', async () => {
  const { plan, units } = await split(['only', 100]);
  const { headers, body } = await (await serveGraph(plan, units)).send(prediction(MESSAGE));
  expect(headers).not.toHaveProperty('seldon-predictor');
  expect(JSON.parse(String(body)).meta.routing).toEqual({ 'of-only': -1 });
});

test('pages of other origins may read who answered, and which unit failed', async () => {
  const { plan, units } = await split(['good', 100], ['bad', 0]);
  const served = await serveGraph(plan, units);
  const { headers } = await served.send(prediction(MESSAGE));
  expect(headers).toMatchObject({
    'seldon-predictor': 'good',
    'access-control-expose-headers': expect.stringContaining('Seldon-Predictor'),
  });
  const broken = await split(['good', 0], ['bad', 100]);
  const failing = unitOf(
    class {
      predict() {
        throw new Error('broken');
      }
    },
  );
  const failed = await (await serveGraph(broken.plan, { ...broken.units, 'of-bad': failing })).send(
    prediction(MESSAGE),
  );
  expect(failed.headers).toMatchObject({
    'seldon-predictor': 'bad',
    'seldon-failed-node': 'of-bad',
    'access-control-expose-headers': expect.stringMatching(/Seldon-Failed-Node, Seldon-Predictor/),
  });
});
