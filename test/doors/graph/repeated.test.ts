import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { closeNodes, functionsNode, type Node, openHttpNodes } from '../../support/graph/nodes.ts';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';
import { graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';

afterAll(closeNodes);

const REQUEST = { data: { ndarray: [[1]] } };
const FORK = [
  { name: 'a', type: 'MODEL' },
  { name: 'b', type: 'MODEL' },
];

/** A model that every prediction changes: it answers how many it has stored. */
class Counted {
  static stateful = ['predict'];
  calls = 0;
  predict() {
    this.calls++;
    return [[this.calls]];
  }
  getState() {
    return this.calls;
  }
  setState(calls: number) {
    this.calls = calls;
  }
}

/** A transformer that writes another text each time, as the time of day would be. */
class Stamps {
  #stamps = 0;
  transformInput(X: unknown) {
    return X;
  }
  tags() {
    return { stamp: ++this.#stamps };
  }
}

/** A router that takes turns, so that two calls never choose the same child. */
class Turns {
  turn = 0;
  route() {
    return this.turn++ % 2;
  }
  getState() {
    return 'what it has learnt';
  }
  setState() {}
}

type Tree = Parameters<typeof graphPlan>[0];
type Classes = Readonly<Record<string, Parameters<typeof unitOf>[0]>>;

interface Told {
  readonly status: number;
  readonly answer: Record<string, unknown> & {
    meta: { routing: Readonly<Record<string, number>> };
    status?: { info: string };
  };
  readonly headers: Readonly<Record<string, string>>;
}

async function send(served: ServedGraph, body: object, headers: Record<string, string>): Promise<Told> {
  const response = await served.send(prediction(body, headers));
  return { ...response, answer: JSON.parse(String(response.body)) } as never;
}

/** Serves a graph whose units are here or behind HTTP. `open` makes another instance with the same states. */
async function serve(tree: Tree, classes: Classes, where: 'here' | 'elsewhere') {
  const stateUrl = `memory://${randomUUID()}`;
  const units = Object.fromEntries(
    Object.entries(classes).map(([name, Class]) => [name, { ...unitOf(Class), stateUrl }]),
  );
  const open = async () => {
    if (where === 'here') {
      return serveGraph(await graphPlan(tree, { injected: true }), units, { STATE_URL: stateUrl });
    }
    const nodes = new Map<string, Node>();
    for (const [id, settings] of Object.entries(units)) {
      nodes.set(id, await functionsNode({ ...settings, id }));
    }
    const urlOf = await openHttpNodes(nodes);
    const target = (name: string) => (nodes.has(name) ? urlOf(name) : `model:${name}`);
    return serveGraph(await graphPlan(tree, { injected: true, target }), {});
  };
  return { served: await open(), open };
}

/** The number of calls that the unit had stored when it gave this answer, itself included. */
function callsOf({ answer }: Told): number {
  return (answer.data as { ndarray: number[][] }).ndarray[0]?.[0] as number;
}

describe.each(['here', 'elsewhere'] as const)('with its units %s, a prediction that is repeated', (where) => {
  test('is the same one although what comes before the unit that learns is not', async () => {
    const tree = { name: 's', type: 'TRANSFORMER', children: [{ name: 'a', type: 'MODEL' }] };
    const { served } = await serve(tree, { s: Stamps, a: Counted }, where);
    const first = await send(served, REQUEST, { 'idempotency-key': 'k' });
    const second = await send(served, REQUEST, { 'idempotency-key': 'k' });
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.answer).toEqual(first.answer);
    const other = await send(served, { data: { ndarray: [[2]] } }, { 'idempotency-key': 'k' });
    expect([other.status, other.headers['seldon-failed-node'], other.answer.status?.info]).toEqual([
      422,
      'a',
      'the Idempotency-Key "k/a" came before with another body; expected the same body, or a new key',
    ]);
    expect(callsOf(await send(served, REQUEST, { 'idempotency-key': 'k2' }))).toBe(2);
  });

  test.each([
    ['a router', { type: 'ROUTER' }, { r: Turns, a: Counted, b: Counted }],
    ['a test', { implementation: 'RANDOM_ABTEST' }, { a: Counted, b: Counted }],
  ])('goes the same way below %s, and changes nothing', async (_what, router, classes) => {
    const { served, open } = await serve({ name: 'r', ...router, children: FORK }, classes, where);
    const other = await open();
    const calls: [number[], number[]] = [[], []];
    for (let key = 0; key < 20; key++) {
      const headers = { 'idempotency-key': `key-${key}` };
      const first = await send(served, REQUEST, headers);
      expect(first.status).toBe(200);
      for (const each of [other, served]) {
        expect((await send(each, REQUEST, headers)).answer).toEqual(first.answer);
      }
      calls[first.answer.meta.routing.r as 0 | 1].push(callsOf(first));
    }
    expect(Math.min(...calls.map(({ length }) => length))).toBeGreaterThan(0);
    for (const each of calls) {
      expect(each).toEqual(each.map((_, index) => index + 1));
    }
  });

  test('after a unit failed is counted once, also in parallel, and in two instances', async () => {
    let isBroken = true;
    class Joins {
      aggregate(answers: unknown[]) {
        if (isBroken) {
          throw new Error('not yet');
        }
        return answers;
      }
    }
    const { served, open } = await serve(
      { name: 'c', type: 'COMBINER', children: FORK },
      { c: Joins, a: Counted, b: Counted },
      where,
    );
    const other = await open();
    const failed = await send(served, REQUEST, { 'idempotency-key': 'k' });
    expect([failed.status, failed.headers['seldon-failed-node']]).toEqual([500, 'c']);
    isBroken = false;
    const all = await Promise.all(
      [served, other, served, other].map((each) => send(each, REQUEST, { 'idempotency-key': 'k' })),
    );
    expect(all.map(({ answer }) => answer.data)).toEqual(
      Array.from({ length: 4 }, () => expect.objectContaining({ ndarray: [[[1]], [[1]]] })),
    );
    const next = await send(other, REQUEST, { 'idempotency-key': 'k2' });
    expect(next.answer.data).toMatchObject({ ndarray: [[[2]], [[2]]] });
  });
});

test('a repeated prediction goes to the predictor that answered first, whatever its id is', async () => {
  const plans = await Promise.all(
    ['old', 'new'].map((name) => graphPlan({ name: 'a', type: 'MODEL' }, { name, traffic: 50 })),
  );
  const plan = { deployment: 'dep', predictors: plans.flatMap(({ predictors }) => predictors) };
  const served = await serveGraph(plan, { a: unitOf(Counted) }, { STATE_URL: `memory://${randomUUID()}` });
  const names = new Set<unknown>();
  for (let key = 0; key < 20; key++) {
    const tries = await Promise.all(
      [0, 1, 2].map((nth) =>
        send(served, REQUEST, { 'idempotency-key': `key-${key}`, 'seldon-puid': `try-${nth}` }),
      ),
    );
    const predictors = new Set(tries.map(({ headers }) => headers['seldon-predictor']));
    expect(predictors.size).toBe(1);
    names.add([...predictors][0]);
  }
  expect(names).toEqual(new Set(['old', 'new']));
});
