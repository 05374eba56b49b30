import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inferenceGraph, node } from '../support/graph/inference-graph.ts';
import { compile, compileText, deployment, deploymentOf, refusal, unit } from '../support/graph-document.ts';

const DEEP = 10_000;
const AROUND = '{kind: SeldonDeployment, apiVersion: machinelearning.seldon.io/v1, metadata: {name: x}, ';

/** A graph in the middle of a deployment. */
function around(graph: string, isJson = false): string {
  return isJson
    ? JSON.stringify(deployment('@')).replace('"@"', graph)
    : `${AROUND}spec: {predictors: [{name: p, graph: ${graph}}]}}`;
}

describe('a document that would hurt is refused in one sentence:', () => {
  test.each<[string, string, RegExp]>([
    [
      'lists of YAML',
      '['.repeat(1_000_000),
      /^graph.yaml: line 1: more than 300 lists and objects lie in each other$/,
    ],
    ['dashes of YAML', `${'- '.repeat(900_000)}x`, /^graph.yaml: line 1: more than 300 lists/],
    ['keys of YAML', `${'? '.repeat(DEEP)}x`, /^graph.yaml: line 1: more than 300 lists/],
    [
      'indented objects',
      Array.from({ length: 900 }, (_, index) => `${' '.repeat(index)}a:\n`).join(''),
      /^graph.yaml: line 300: more than 300 lists/,
    ],
    [
      'units in YAML',
      around(`${'{name: a, children: ['.repeat(DEEP)}{name: m}${']}'.repeat(DEEP)}`),
      /^graph.yaml: line 1: more than 300 lists/,
    ],
    [
      'units in JSON',
      around(`${'{"name":"a","children":['.repeat(DEEP)}{"name":"m"}${']}'.repeat(DEEP)}`, true),
      /^graph.yaml: spec.predictors\[0\].graph.children\[0\].*\[0\] lies below 100 other units; expected at most 100 levels$/,
    ],
    [
      'lists in the place of a unit',
      around(`${'['.repeat(DEEP)}${']'.repeat(DEEP)}`, true),
      /^graph.yaml: spec.predictors\[0\].graph is a list of 1; expected an object with members$/,
    ],
    [
      'a megabyte of children',
      around(`{"name":"a","children":[${Array(80_000).fill('{"name":"m"}').join()}]}`, true),
      /^graph.yaml: spec.predictors\[0\].graph.children bring the graph to 80001 units or more; expected at most 1000$/,
    ],
    [
      'children of YAML',
      around(`{name: a, children: [${'{name: m},'.repeat(5_000)}]}`),
      /graph.children bring the graph to 5001 units or more/,
    ],
    [
      'children of many',
      around(
        `{"name":"a","children":[${Array(40)
          .fill(`{"name":"a","children":[${Array(40).fill('{"name":"m"}').join()}]}`)
          .join()}]}`,
        true,
      ),
      /graph.children\[23\].children bring the graph to 1001 units/,
    ],
    [
      'two megabytes',
      `a: "${'x'.repeat(2 ** 21)}"`,
      /^graph.yaml: has 2097157 bytes; expected at most 2097152$/,
    ],
    [
      'a unit in itself',
      around('&r {name: a, type: MODEL, children: [*r]}'),
      /^graph.yaml: spec.predictors\[0\].graph.children\[0\] is a unit that lies in itself, by an alias of YAML$/,
    ],
    [
      'a unit in itself, further down',
      around('{name: t, children: [&r {name: a, children: [{name: b, children: [*r]}]}]}'),
      /children\[0\].children\[0\].children\[0\] is a unit that lies in itself/,
    ],
    [
      'a document in itself',
      '&x {kind: SeldonDeployment, apiVersion: *x}',
      /^graph.yaml: apiVersion is an object with kind, apiVersion; expected a text$/,
    ],
    [
      'a billion laughs',
      `a: &a [${Array(9).fill('x')}]\n${[...'bcdefghij'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`)}]\n`).join('')}`,
      /^graph.yaml: has aliases that repeat too much: /,
    ],
    [
      'many aliases',
      `a: &a x\nb: [${'*a,'.repeat(5_000)}]`,
      /^graph.yaml: has aliases that repeat too much: /,
    ],
    ['an alias of nothing', 'a: *b', /^graph.yaml: cannot be read: Unresolved alias/],
    [
      'many predictors',
      JSON.stringify(deploymentOf(Array(101).fill({ name: 'p', graph: unit('m') }))),
      /^graph.yaml: spec.predictors\[0\] is one of 101 predictors; expected at most 100$/,
    ],
    [
      'a long word',
      around(`{name: m, type: ${'X'.repeat(100_000)}}`),
      /graph.type is "X{80}\.\.\."; expected one of/,
    ],
    [
      'a long key',
      around(`{name: m, parameters: [{${'x'.repeat(1000)}: 1}]}`),
      /is an object with x{80}; expected name/,
    ],
    [
      'a megabyte of steps',
      JSON.stringify(inferenceGraph({ root: node('Ensemble', ...Array(50_000).fill({ serviceName: 'm' })) })),
      /^graph.yaml: spec.nodes.root.steps\[999\] brings the graph to over 1000 units/,
    ],
    [
      'a long condition',
      JSON.stringify(
        inferenceGraph({ root: node('Switch', { serviceName: 'm', condition: `${'a.'.repeat(300_000)}*` }) }),
      ),
      /condition has "\*" at character 600001; expected names/,
    ],
    ['nothing that is YAML', '\u0000\u0001', /^graph.yaml: has no graph, but the kinds "\\u0000\\u0001"/],
  ])('%s', async (_name, text, sentence) => {
    const told = await refusal(compileText(text));
    expect(told).toMatch(sentence);
    expect(told).not.toContain('\n');
    expect(told.length).toBeLessThan(2_000);
  });
});

test('the limits are those that are told', async () => {
  const chain = (levels: number) =>
    `${'{"name":"t","type":"TRANSFORMER","children":['.repeat(levels - 1)}{"name":"m"}${']}'.repeat(levels - 1)}`;
  const wide = (nodes: number) => JSON.stringify(unit('a', 'COMBINER', Array(nodes - 1).fill(unit('m'))));
  for (const graph of [chain(100), wide(1000)]) {
    await compileText(around(graph, true));
    await compileText(around(graph));
  }
  expect(await refusal(compileText(around(chain(101), true)))).toContain('lies below 100 other units');
  expect(await refusal(compileText(around(wide(1001), true)))).toContain('to 1001 units');
  const half = { traffic: 50, graph: JSON.parse(wide(500)) };
  const both = [
    { ...half, name: 'p' },
    { ...half, name: 'q' },
  ];
  expect((await compile(deploymentOf(both))).plan.predictors).toHaveLength(2);
  const third = { name: 'r', shadow: true, graph: { name: 'm' } };
  expect(await refusal(compile(deploymentOf([...both, third])))).toBe(
    'graph.yaml: spec.predictors[2].graph brings the graph to 1001 units or more; expected at most 1000',
  );
});

test('a thousand unknown members make a short list', async () => {
  const graph = {
    ...unit('m'),
    ...Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, 1])),
  };
  const { notes } = await compileText(JSON.stringify(deployment(graph)));
  expect(notes.warnings.size).toBe(1000);
});

test('members with names of JavaScript are members like any other', async () => {
  const graph = '{"name":"constructor","__proto__":{"type":"ROUTER"},"toString":1}';
  const { plan, notes } = await compileText(around(graph, true), { models: ['constructor'] });
  expect(plan.predictors[0]?.root).toMatchObject({ unit: 'constructor', type: 'MODEL' });
  expect([...notes.warnings].map((each) => each.split(',')[0])).toEqual([
    'spec.predictors[0].graph has "__proto__"',
    'spec.predictors[0].graph has "toString"',
  ]);
  expect({}).not.toHaveProperty('type');
});

/** Values of any kind, with names that mean something more often than not. */
const NAMES = [
  'apiVersion kind metadata name spec predictors annotations protocol transport serverType traffic shadow labels',
  'graph type implementation methods children endpoint service_host service_port parameters value modelUri',
  'logger mode url componentSpecs containers image env svcOrchSpec explainer valueFrom __proto__ constructor',
  'nodes root x y routerType steps serviceName nodeName serviceUrl data condition weight dependency 0 1',
].flatMap((each) => each.split(' '));
const WORDS = [
  'MODEL ROUTER COMBINER UNKNOWN_TYPE RANDOM_ABTEST SIMPLE_MODEL SKLEARN_SERVER m r GRPC INT FLOAT 0.5 all',
  'root x y Sequence Switch Splitter Ensemble $response Soft Hard a.#(b a.# http://host/x InferenceGraph b a',
  'request s3://bucket/x gs://x ROUTE AGGREGATE machinelearning.seldon.io/v1 SeldonDeployment seldon rest __proto__',
].flatMap((each) => each.split(' '));
const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...WORDS),
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom(0, 50, 100, -1, 1.5, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 6 }),
}));

const DEPLOYMENT = deployment(
  unit('r', 'ROUTER', [unit('m', 'MODEL', [], { logger: { mode: 'all' } }), unit('a')]),
  {
    componentSpecs: [{ spec: { containers: [{ name: 'm', image: 'x', env: [{ name: 'A', value: 'b' }] }] } }],
    svcOrchSpec: { env: [{ name: 'X', value: '1' }] },
  },
);
const INFERENCE_GRAPH = inferenceGraph({
  root: node('Sequence', { nodeName: 'x' }, { serviceName: 'a', data: '$response', condition: 'a.#(b==1)' }),
  x: node('Switch', { serviceName: 'm', condition: '[@this].#(a)' }, { nodeName: 'y', condition: 'a' }),
  y: node('Splitter', { serviceName: 'b', weight: 50 }, { serviceUrl: 'http://host', weight: 50 }),
});

/** Replaces a few members of a graph that works, at any depth. */
const mutated = (graph: object) =>
  fc.array(change, { maxLength: 4 }).map((changes) => {
    const document = JSON.parse(JSON.stringify(graph));
    for (const [path, name, to] of changes) {
      let at = document;
      for (const step of path) {
        const below = Object.values(at).filter((each) => typeof each === 'object' && each !== null);
        at = below.length === 0 ? at : below[step % below.length];
      }
      Object.defineProperty(at, name, { value: to, enumerable: true, configurable: true, writable: true });
    }
    return document as unknown;
  });

const change = fc.tuple(fc.array(fc.nat(5), { maxLength: 7 }), fc.constantFrom(...NAMES), value);

test.each([
  ['any JSON', fc.jsonValue()],
  ['any object with names of a deployment', value],
  ['a deployment with other members', mutated(DEPLOYMENT)],
  ['an InferenceGraph with other members', mutated(INFERENCE_GRAPH)],
])('%s is compiled, or refused in one sentence that names the file', async (_name, documents) => {
  await fc.assert(
    fc.asyncProperty(documents, async (document) => {
      const text = JSON.stringify(document) ?? '';
      const outcome = await compileText(text).catch((error: Error) => error);
      if (outcome instanceof Error) {
        expect(outcome.name).toBe('UserError');
        expect(outcome.message).toMatch(/^graph\.yaml: [^\n]{1,1999}$/);
      } else {
        // The plan is plain data.
        expect(JSON.parse(JSON.stringify(outcome.plan))).toMatchObject({
          deployment: outcome.plan.deployment,
        });
      }
    }),
    { numRuns: 400 },
  );
});

test('any text is compiled, or refused in one sentence that names the file', async () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '\n',
    ' ',
    '"',
    "'",
    '&a ',
    '*a',
    '!!',
    '|',
    '>',
    '#',
    '%',
    '?',
    '<<',
    'kind',
    'SeldonDeployment',
    'spec',
    '\t',
    ',',
    '---',
    '{{',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 60 }), async (parts) => {
      expect(await refusal(compileText(parts.join('')))).toMatch(/^graph\.yaml: [^\n]{1,1999}$/);
    }),
    { numRuns: 600 },
  );
});
