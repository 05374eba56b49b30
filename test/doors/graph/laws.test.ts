import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { UnitSettings } from '../../../src/runtime/unit/settings.ts';
import type { UnitJson } from '../../support/graph/graph-case.ts';
import { openInvokeApi } from '../../support/graph/invoke-api.ts';
import { closeNodes, functionsNode, type Node } from '../../support/graph/nodes.ts';
import { planOf } from '../../support/graph/plan-of.ts';
import { classOf, type RandomGraph, randomGraph } from '../../support/graph/random-graph.ts';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';

afterAll(closeNodes);

const MESSAGES = [
  {
    data: {
      names: ['x', 'y'],
      ndarray: [
        [1.5, -2],
        [0, 4],
      ],
    },
    meta: { tags: { q: { deep: [1] } }, puid: 'p' },
  },
  { data: { tensor: { shape: [1, 3], values: [1, 2.25, 3] } } },
  {
    data: { tensor: { shape: [2, 2], values: [1, 'NaN', 3, -0] } },
    meta: { requestPath: { before: 'img:1' } },
  },
  { data: { ndarray: [['a', 'b']] }, meta: {} },
  { data: { ndarray: [[1, 2]] }, meta: JSON.parse('{"requestPath":{"__proto__":"img:1","before":"img:2"}}') },
  { data: { ndarray: Array.from({ length: 40 }, (_, i) => [i, i / 3, -i]) } },
  { data: { tftensor: { dtype: 'DT_INT32', tensorShape: { dim: [{ size: '2' }] }, intVal: [1, 2] } } },
  { strData: 'text é \ud800' },
  { binData: 'AAEC' },
  { jsonData: { a: [1, { b: null }], big: 1 } },
  { jsonData: [1, 2] },
  { data: { ndarray: [] } },
  {},
].map((message) => JSON.stringify(message));

/** JSON.stringify does not write the sign of 0. */
const SIGNED = ['{"data":{"ndarray":[[-0.0,1]]}}', '{"data":{"tensor":{"shape":[2],"values":[-0.0,1]}}}'];

function found(unit: Parameters<typeof classOf>[0]): Partial<UnitSettings> {
  const Class = classOf(unit);
  return { found: { name: 'Random', importModule: async () => ({}), classIn: () => Class as never } };
}

async function serve(
  { graph, units }: RandomGraph,
  injected: boolean,
  isLocal: (index: number) => boolean,
): Promise<ServedGraph> {
  const nodes = new Map<string, Node>();
  const local: Record<string, Partial<UnitSettings>> = {};
  const names = Object.keys(units);
  for (const [index, name] of names.entries()) {
    const settings = found(units[name] as Parameters<typeof classOf>[0]);
    if (isLocal(index)) {
      local[name] = settings;
    } else {
      nodes.set(name, await functionsNode({ ...settings, id: name, image: 'img:1' }));
    }
  }
  const api = await openInvokeApi((name) => nodes.get(name));
  const testCase = {
    ...{ id: '', title: '', source: '', request: { path: '' }, expect: {}, calls: [], graph },
    ...(injected && { env: { SELDON_ENABLE_ROUTING_INJECTION: 'true' } }),
    models: Object.fromEntries(names.map((name) => [name, { model: '', image: 'img:1' }])),
  };
  const plan = await planOf(testCase, (name) => (local[name] ? `model:${name}` : `lambda:${name}`));
  return serveGraph(plan, local, api.environment);
}

function chain(...answers: string[]): RandomGraph {
  const own = { spoils: false, names: 'none', isRaw: false, route: 0, tags: false } as const;
  const units = Object.fromEntries(answers.map((answer, index) => [`n${index}`, { answer, ...own }]));
  const graph = answers.reduceRight<UnitJson[]>(
    (children, _answer, index) => [{ name: `n${index}`, type: 'MODEL', children }],
    [],
  );
  return { graph: graph[0] as UnitJson, units };
}

const EXAMPLES: [RandomGraph, boolean, string[]][] = [
  [chain('same', 'signs'), false, SIGNED],
  [chain('zeros', 'signs'), false, SIGNED],
  [chain('zeros', 'same', 'same', 'signs'), true, SIGNED],
];

test('a graph in one process answers as one of functions does, letter for letter', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomGraph,
      fc.boolean(),
      fc.array(fc.constantFrom(...MESSAGES, ...SIGNED, ...SIGNED), { minLength: 1, maxLength: 3 }),
      async (graph, injected, messages) => {
        const together = await serve(graph, injected, () => true);
        const apart = await serve(graph, injected, () => false);
        const mixed = await serve(graph, injected, (index) => index % 2 === 0);
        for (const message of messages) {
          const request = { method: 'POST', path: '/api/v1.0/predictions', body: message };
          const expected = await apart.send(request);
          for (const served of [together, mixed]) {
            const { status, body } = await served.send(request);
            expect({ status, body }).toEqual({ status: expected.status, body: expected.body });
          }
        }
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 60), examples: EXAMPLES },
  );
});
