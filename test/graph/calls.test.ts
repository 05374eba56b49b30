import { expect, test } from 'vitest';
import type { NodePlan } from '../../src/runtime/graph/plan.ts';
import { compile, deployment, unit } from '../support/graph-document.ts';

const SERVER = { implementation: 'SKLEARN_SERVER', modelUri: 's3://bucket/model' };
const CHILD = [unit('c', 'MODEL')];
const PAIR = [unit('c', 'MODEL'), unit('d', 'MODEL')];

/** The calls of a node in one line, in their order. */
function callsOf({ input, routes, aggregates, transformsOutput, getsFeedback }: NodePlan): string {
  return [
    input,
    routes && 'route',
    aggregates && 'aggregate',
    transformsOutput && 'transformOutput',
    getsFeedback && 'sendFeedback',
  ]
    .filter(Boolean)
    .join(' ');
}

test.each([
  // By type.
  ['MODEL', unit('m', 'MODEL'), 'MODEL', 'predict sendFeedback'],
  ['MODEL over a child', unit('m', 'MODEL', CHILD), 'MODEL', 'predict sendFeedback'],
  ['TRANSFORMER', unit('t', 'TRANSFORMER', CHILD), 'TRANSFORMER', 'transformInput'],
  ['TRANSFORMER that is a leaf', unit('t', 'TRANSFORMER'), 'TRANSFORMER', 'transformInput'],
  ['OUTPUT_TRANSFORMER', unit('o', 'OUTPUT_TRANSFORMER', CHILD), 'OUTPUT_TRANSFORMER', 'transformOutput'],
  ['ROUTER', unit('r', 'ROUTER', PAIR), 'ROUTER', 'route sendFeedback'],
  ['ROUTER that is a leaf', unit('r', 'ROUTER'), 'ROUTER', 'sendFeedback'],
  ['COMBINER', unit('c', 'COMBINER', [unit('a'), unit('b')]), 'COMBINER', 'aggregate'],
  ['COMBINER of one', unit('a', 'COMBINER', CHILD), 'COMBINER', 'aggregate'],
  ['COMBINER that is a leaf', unit('a', 'COMBINER'), 'COMBINER', ''],
  // Defaults.
  ['nothing', unit('m'), 'MODEL', 'predict sendFeedback'],
  [
    'UNKNOWN_IMPLEMENTATION alone',
    unit('m', undefined, [], { implementation: 'UNKNOWN_IMPLEMENTATION' }),
    'UNKNOWN_TYPE',
    '',
  ],
  [
    'methods alone',
    unit('m', undefined, [], { methods: ['TRANSFORM_OUTPUT'] }),
    'UNKNOWN_TYPE',
    'transformOutput',
  ],
  ['no methods', unit('m', undefined, [], { methods: [] }), 'UNKNOWN_TYPE', ''],
  ['UNKNOWN_TYPE with an empty list', unit('m', 'UNKNOWN_TYPE', CHILD, { methods: [] }), 'UNKNOWN_TYPE', ''],
  ['a prepackaged server', unit('m', undefined, [], SERVER), 'MODEL', 'predict sendFeedback'],
  [
    'a prepackaged server of another type',
    unit('m', 'TRANSFORMER', [], SERVER),
    'MODEL',
    'predict sendFeedback',
  ],
  // Methods add to the type.
  [
    'four methods',
    unit('m', 'UNKNOWN_TYPE', PAIR, {
      methods: ['TRANSFORM_INPUT', 'ROUTE', 'AGGREGATE', 'TRANSFORM_OUTPUT'],
    }),
    'UNKNOWN_TYPE',
    'transformInput route aggregate transformOutput',
  ],
  [
    'TRANSFORM_INPUT instead of predict',
    unit('m', 'MODEL', [], { methods: ['TRANSFORM_INPUT'] }),
    'MODEL',
    'transformInput sendFeedback',
  ],
  [
    'TRANSFORM_OUTPUT after predict',
    unit('m', 'MODEL', [], { methods: ['TRANSFORM_OUTPUT'] }),
    'MODEL',
    'predict transformOutput sendFeedback',
  ],
  [
    'a COMBINER that transforms',
    unit('a', 'COMBINER', PAIR, { methods: ['TRANSFORM_INPUT', 'TRANSFORM_OUTPUT'] }),
    'COMBINER',
    'transformInput aggregate transformOutput',
  ],
  [
    'SEND_FEEDBACK',
    unit('t', 'TRANSFORMER', [], { methods: ['SEND_FEEDBACK'] }),
    'TRANSFORMER',
    'transformInput sendFeedback',
  ],
  [
    'ROUTE without children',
    unit('m', 'UNKNOWN_TYPE', [], { methods: ['ROUTE', 'AGGREGATE'] }),
    'UNKNOWN_TYPE',
    '',
  ],
  // Implementations win over the type.
  ['RANDOM_ABTEST', unit('x', undefined, PAIR, { implementation: 'RANDOM_ABTEST' }), 'ROUTER', 'route'],
  [
    'RANDOM_ABTEST of another type',
    unit('x', 'MODEL', PAIR, { implementation: 'RANDOM_ABTEST' }),
    'ROUTER',
    'route',
  ],
  [
    'AVERAGE_COMBINER',
    unit('x', undefined, PAIR, { implementation: 'AVERAGE_COMBINER' }),
    'COMBINER',
    'aggregate',
  ],
  [
    'AVERAGE_COMBINER of type COMBINER',
    unit('x', 'COMBINER', PAIR, { implementation: 'AVERAGE_COMBINER' }),
    'COMBINER',
    'aggregate',
  ],
  ['SIMPLE_ROUTER', unit('x', 'ROUTER', PAIR, { implementation: 'SIMPLE_ROUTER' }), 'ROUTER', 'route'],
  ['SIMPLE_MODEL', unit('x', undefined, [], { implementation: 'SIMPLE_MODEL' }), 'MODEL', 'predict'],
] as const)('%s', async (_name, graph, type, calls) => {
  const { plan } = await compile(deployment(graph));
  const root = plan.predictors[0]?.root as NodePlan;
  expect({ type: root.type, calls: callsOf(root) }).toEqual({ type, calls });
});

test('a class that is bound in the place of an implementation makes its calls, and gets feedback', async () => {
  const graph = unit('x', undefined, [unit('c')], { implementation: 'RANDOM_ABTEST' });
  const { plan } = await compile(deployment(graph), { nodes: { x: 'm' } });
  const root = plan.predictors[0]?.root as NodePlan;
  expect({ target: plan.predictors[0]?.units.x?.target, calls: callsOf(root) }).toEqual({
    target: 'model:m',
    calls: 'route sendFeedback',
  });
});

test('children keep their order, at any depth', async () => {
  const graph = unit('t', 'TRANSFORMER', [
    unit('r', 'ROUTER', [unit('a', 'MODEL', [unit('b')]), unit('c', 'COMBINER', PAIR.slice(1)), unit('m')]),
  ]);
  const { plan } = await compile(deployment(graph));
  const shapeOf = ({ unit: name, children }: NodePlan): unknown => [name, ...children.map(shapeOf)];
  expect(shapeOf(plan.predictors[0]?.root as NodePlan)).toEqual([
    't',
    ['r', ['a', ['b']], ['c', ['d']], ['m']],
  ]);
});
