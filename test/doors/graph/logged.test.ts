import { afterAll, expect, test } from 'vitest';
import type { UnitJson } from '../../support/graph/graph-case.ts';
import { closeNodes, openServer } from '../../support/graph/nodes.ts';
import { planOf } from '../../support/graph/plan-of.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { prediction } from '../../support/graph/simple-graph.ts';

afterAll(closeNodes);

const LOGGER = { mode: 'all' } as const;
const A = { name: 'a', type: 'MODEL' };
const B = { name: 'b', type: 'MODEL' };
const REQUEST = { strData: 'request' };

/** What each unit answers, by path; all else is answered with the name of the unit. */
const ANSWERS: Readonly<Record<string, string>> = {
  'n/route': '[1]',
  'n/aggregate': '{"strData":"combined"}',
};

/** The texts of the messages that were logged of the unit `n`: what it got, and what it answered. */
async function logged(graph: UnitJson, failing?: string): Promise<readonly string[]> {
  const events: string[] = [];
  const logger = await openServer(async ({ headers }, body) => {
    const [kind] = String(headers['ce-type']).split('.').slice(-1);
    events.push(`${kind}: ${JSON.parse(body.toString()).strData}`);
    return { status: 200, headers: {}, body: '' };
  });
  const units = await openServer(async ({ url = '' }) => {
    const [, name = '', ...path] = url.split('/');
    const body = ANSWERS[[name, ...path].join('/')] ?? JSON.stringify({ strData: name });
    return { status: name === failing ? 503 : 200, headers: { 'content-type': 'application/json' }, body };
  });
  const plan = await planOf(
    {
      ...{ id: '', title: '', source: '', request: { path: '' }, expect: {}, calls: [] },
      graph: { ...graph, logger: LOGGER },
      env: { SELDON_ENABLE_ROUTING_INJECTION: 'true' },
    },
    (name) => `${units}/${name}`,
    logger,
  );
  const { status } = await (await serveGraph(plan, {})).send(prediction(REQUEST));
  expect(status).toBe(failing === undefined ? 200 : 503);
  return events.sort();
}

test.each<[string, UnitJson, string[]]>([
  ['a model', { name: 'n', type: 'MODEL' }, ['request: request', 'response: n']],
  [
    'a model over another, which has an answer of its own',
    { name: 'n', type: 'MODEL', children: [A] },
    ['request: request', 'response: n'],
  ],
  [
    'a transformer of answers, which gets that of its child',
    { name: 'n', type: 'OUTPUT_TRANSFORMER', children: [A] },
    ['request: a', 'response: n'],
  ],
  ['a router', { name: 'n', type: 'ROUTER', children: [A, B] }, ['request: request', 'response: b']],
  [
    'a combiner',
    { name: 'n', type: 'COMBINER', children: [A, B] },
    ['request: request', 'response: combined'],
  ],
  [
    'a unit with two calls, once for each',
    { name: 'n', type: 'MODEL', methods: ['TRANSFORM_OUTPUT'], children: [A] },
    ['request: a', 'request: request', 'response: n', 'response: n'],
  ],
  ['a unit that makes no call', { name: 'n', type: 'COMBINER' }, []],
])('the payloads of %s are logged', async (_what, graph, events) => {
  expect(await logged(graph)).toEqual(events);
});

test('a payload that is not answered is logged', async () => {
  expect(await logged({ name: 'n', type: 'MODEL', children: [A] }, 'n')).toEqual(['request: request']);
  expect(await logged({ name: 'n', type: 'ROUTER', children: [A, B] }, 'b')).toEqual(['request: request']);
});
