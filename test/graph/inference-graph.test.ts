import { describe, expect, test } from 'vitest';
import { inferenceGraph, node } from '../support/graph/inference-graph.ts';
import { compile, compileText, refusal, type World } from '../support/graph-document.ts';

const root = (...steps: readonly object[]) => ({ root: node('Sequence', ...steps) });
const A = { serviceName: 'a' };
const B = { serviceName: 'b' };

async function planOf(nodes: unknown, annotations?: Record<string, string>, world?: World) {
  const { plan } = await compile(inferenceGraph(nodes, annotations), world);
  return { ...plan, predictor: plan.predictors[0] };
}

test('a text of YAML becomes a plan of the protocol V1, without feedback and routing', async () => {
  const { plan, notes, bound } = await compileText(`
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata:
  name: dog-breed-pipeline
spec:
  nodes:
    root:
      routerType: Sequence
      steps:
      - serviceName: a
        name: cat_dog_classifier
      - serviceName: b
        name: dog_breed_classifier
        data: $request
        condition: "[@this].#(predictions.0==\\"dog\\")"
  resources: { requests: { cpu: 100m } }
`);
  expect(plan).toMatchObject({ deployment: 'dog-breed-pipeline', protocol: 'tensorflow' });
  const [predictor] = plan.predictors;
  expect(predictor).toMatchObject({
    name: 'default',
    traffic: 100,
    isShadow: false,
    isRoutingInjected: false,
    root: {
      unit: 'root',
      atOnce: 1,
      children: [
        { unit: 'a', type: 'MODEL', input: 'predict', getsFeedback: false },
        { unit: 'b', type: 'MODEL', input: 'predict', getsFeedback: false },
      ],
    },
  });
  expect(predictor?.units.a?.target).toBe('model:a');
  expect(bound.get('default')?.get('root')?.by).toBe('its type Sequence');
  expect(notes).toEqual({ ignored: new Set(['resources']), warnings: new Set() });
});

test('a node to which two steps lead is there twice', async () => {
  const { predictor } = await planOf({
    root: node('Ensemble', { nodeName: 'x', name: 'one' }, { nodeName: 'x', name: 'two' }),
    x: node('Sequence', A),
  });
  const x = { unit: 'x', children: [{ unit: 'a' }] };
  expect(predictor?.root).toMatchObject({ aggregates: true, children: [x, x] });
  expect(Object.keys(predictor?.units ?? {}).sort()).toEqual(['a', 'root', 'x']);
});

test('a service is bound as a unit is, and called by its own name elsewhere', async () => {
  const { predictor, protocol } = await planOf(
    root({ serviceName: 'classifier-1' }, { serviceName: 'big' }, { serviceName: 'old' }),
    { 'seldon-lambda.io/node.old': 'lambda:old-*' },
    { nodes: { 'default/big': 'https://host/base' } },
  );
  expect(protocol).toBe('tensorflow');
  expect(predictor?.units).toMatchObject({
    'classifier-1': { target: 'model:Classifier1' },
    big: { target: 'https://host/base', path: '/v1/models/big:predict' },
    old: { target: 'lambda:old-*', path: '/v1/models/old:predict' },
  });
});

test('a URL is called as it is, unless its unit is bound elsewhere', async () => {
  const steps = root(
    { serviceUrl: 'http://host/v1/models/m:predict' },
    { serviceUrl: 'http://host/x', name: 'last' },
  );
  const { predictor } = await planOf(steps, {}, { nodes: { 'root-last': 'a' } });
  expect(predictor?.units).toMatchObject({
    'root-0': { target: 'http://host/v1/models/m:predict', path: '' },
    'root-last': { target: 'model:a' },
  });
});

test('the protocol is that of the annotation, and the time of a call that of the router', async () => {
  const annotations = { 'seldon-lambda.io/protocol': 'v2', 'sidecar.istio.io/inject': 'true' };
  const spec = { routerTimeouts: { serviceClient: 5, serverRead: 60 }, maxReplicas: 3 };
  const { plan, notes } = await compile(inferenceGraph(root(A), annotations, spec), {
    nodes: { a: 'http://host' },
  });
  expect(plan).toMatchObject({
    protocol: 'open-inference',
    predictors: [{ restTimeoutMs: 5000, units: { a: { target: 'http://host' } } }],
  });
  expect(plan.predictors[0]?.units.a).not.toHaveProperty('path');
  expect([...notes.ignored].sort()).toEqual(['maxReplicas', 'serverRead of routerTimeouts']);
});

test('what means nothing is named, and ignored', async () => {
  const nodes = {
    root: { ...node('Ensemble', { ...A, weight: 3, condition: '?', data: '$x', nam: 1 }), stps: 1 },
    lost: node('Sequence', B),
  };
  const { notes } = await compile(inferenceGraph(nodes, {}, { node: {} }));
  expect([...notes.warnings]).toEqual([
    'spec has "node", which no InferenceGraph has: it is ignored',
    'spec.nodes.root has "stps", which no node has: it is ignored',
    'spec.nodes.root.steps[0].weight means nothing to the type Ensemble: it is ignored',
    'spec.nodes.root.steps[0].condition means nothing to the type Ensemble: it is ignored',
    'spec.nodes.root.steps[0].data means nothing to the type Ensemble: it is ignored',
    'spec.nodes.root.steps[0] has "nam", which no step has: it is ignored; expected name, nodeName, ' +
      'serviceName, serviceUrl, dependency, data, mapPredictionsToInstances, weight, condition',
    'spec.nodes.lost is the node lost, to which no step leads: it is left out',
  ]);
});

describe('is refused', () => {
  const when = (condition: unknown) => ({ root: node('Switch', { ...A, condition }) });
  const GJSON =
    'expected names and places such as predictions.0, queries such as #(name == "value"), and [@this] before ' +
    'them; a backslash makes a letter of any other sign';

  test.each<[string, unknown, string]>([
    ['no nodes', undefined, 'spec.nodes has no node root; expected one, at which each request begins'],
    ['a list of nodes', [], 'spec.nodes is a list of 0; expected an object with members'],
    [
      'no root',
      { main: node('Sequence', A) },
      'spec.nodes has no node root; expected one, at which each request begins',
    ],
    [
      'no type',
      { root: { steps: [A] } },
      'spec.nodes.root.routerType is not there; expected one of Sequence, Splitter, Ensemble, Switch',
    ],
    [
      'another type',
      { root: node('ABNTest', A) },
      'spec.nodes.root.routerType is "ABNTest"; expected one of Sequence, Splitter, Ensemble, Switch',
    ],
    [
      'no steps',
      root(),
      'spec.nodes.root.steps has no step; expected at least one, such as {serviceName: classifier}',
    ],
    [
      'no target',
      root({ name: 'x' }),
      'spec.nodes.root.steps[0] has no target; expected one of nodeName, serviceName and serviceUrl',
    ],
    [
      'two targets',
      root({ ...A, nodeName: 'root' }),
      'spec.nodes.root.steps[0] has 2 targets; expected one of nodeName, serviceName and serviceUrl',
    ],
    [
      'a node that is not there',
      root({ nodeName: 'next' }),
      'spec.nodes.root.steps[0].nodeName is "next", which is no node; the nodes are root',
    ],
    [
      'a node that leads to itself',
      root({ nodeName: 'root' }),
      'spec.nodes.root.steps[0].nodeName is root, which leads to this step: a request would never end',
    ],
    [
      'nodes that lead to each other',
      {
        ...root({ nodeName: 'x' }),
        x: node('Switch', A.serviceName ? { nodeName: 'y', condition: 'a' } : {}),
        y: node('Ensemble', A, { nodeName: 'x' }),
      },
      'spec.nodes.y.steps[1].nodeName is x, which leads to this step: a request would never end',
    ],
    [
      'two steps of one name',
      root({ ...A, name: 'x' }, { ...B, name: 'x' }),
      'spec.nodes.root.steps[1] has the name "x", like another step of its node',
    ],
    [
      'a name that is the place of another step',
      { root: node('Ensemble', A, { ...B, name: '0' }) },
      'spec.nodes.root.steps[1] has the name "0", like another step of its node',
    ],
    [
      'a part of an answer',
      root(A, { ...B, data: '$response.predictions' }),
      'spec.nodes.root.steps[1].data is "$response.predictions"; expected $response, the whole answer of the ' +
        'step before, or $request, the message of the node',
    ],
    [
      'another dependency',
      root({ ...A, dependency: 'soft' }),
      'spec.nodes.root.steps[0].dependency is "soft"; expected one of Soft, Hard',
    ],
    [
      'a condition of the first step',
      root({ ...A, condition: 'a' }),
      'spec.nodes.root.steps[0].condition looks into the answer of the step before, and this is the first one',
    ],
    [
      'a Switch without a condition',
      { root: node('Switch', A) },
      'spec.nodes.root.steps[0].condition is not there, so the step would never be chosen; expected a gjson path',
    ],
    [
      'no weight',
      { root: node('Splitter', { ...A, weight: 100 }, B) },
      'spec.nodes.root.steps[1].weight is not there; expected a whole number, all of a Splitter together 100',
    ],
    [
      'a weight that is a text',
      { root: node('Splitter', { ...A, weight: '100' }) },
      'spec.nodes.root.steps[0].weight is "100"; expected a whole number from 0 to 100',
    ],
    [
      'weights that are not 100',
      { root: node('Splitter', { ...A, weight: 50 }, { ...B, weight: 49 }) },
      'spec.nodes.root is a Splitter whose weights are 99 together; expected 100',
    ],
    [
      'a service that is the name of a node',
      root({ nodeName: 'a' }, { serviceName: 'root' }),
      'spec.nodes.root.steps[0].nodeName is "a", which is no node; the nodes are root',
    ],
    [
      'a service with the name of a node',
      { ...root(A), root: node('Sequence', A, { nodeName: 'a' }), a: node('Sequence', B) },
      'spec.nodes.a (the node a) is the unit a, like the service a; give one another name',
    ],
    [
      'a node with a name that is none',
      { ...root({ nodeName: 'x y' }), 'x y': node('Sequence', A) },
      'spec.nodes["x y"] (the node x y) is "x y"; expected at most 63 letters, digits, hyphens, dots and underscores, the first and the last a letter or a digit',
    ],
    [
      'a URL that is none',
      root({ serviceUrl: 'grpc://host' }),
      'spec.nodes.root.steps[0].serviceUrl is "grpc://host"; expected an http(s):// URL, without a user and a password',
    ],
    [
      'a URL with a password',
      root({ serviceUrl: 'https://me:secret@host/x' }),
      'spec.nodes.root.steps[0].serviceUrl is "https://...@host/x"; expected an http(s):// URL, without a user and a password',
    ],
    [
      'a class after an Ensemble',
      {
        ...root({ nodeName: 'x' }, { nodeName: 'y', data: '$response' }),
        x: node('Ensemble', A),
        y: node('Switch', { ...B, condition: '0.predictions' }),
      },
      'spec.nodes.root.steps[1] takes what an Ensemble answers, an object by steps, which the class of the unit b ' +
        'cannot read; expected a function or a URL there, or data: $request',
    ],
    [
      'a class after a Sequence that may end with an Ensemble',
      {
        ...root({ nodeName: 'x' }, { ...B, data: '$response' }),
        x: node('Sequence', { nodeName: 'y' }, { ...A, condition: 'a' }),
        y: node('Ensemble', A),
      },
      'spec.nodes.root.steps[1] takes what an Ensemble answers, an object by steps, which the class of the unit b ' +
        'cannot read; expected a function or a URL there, or data: $request',
    ],
    [
      'an answer as a request before a Switch',
      {
        ...root(A, { nodeName: 'x', data: '$response', mapPredictionsToInstances: true }),
        x: node('Sequence', { nodeName: 'y' }),
        y: node('Switch', { ...B, condition: 'instances' }),
      },
      'spec.nodes.root.steps[1].mapPredictionsToInstances is true, but in x a Switch looks into the message, ' +
        'which is the answer as it came; expected false, and conditions on predictions',
    ],
    ...(
      [
        ['predictions.#', '"#" at character 13'],
        ['predictions.#.class', '"#" at character 13'],
        ['a.#(b==1)#', '")" at character 9'],
        ['a.*', '"*" at character 3'],
        ['a?', '"?" at character 2'],
        ['a|b', '"|" at character 2'],
        ['a.@reverse', '"@" at character 3'],
        ['{a,b}', '"{" at character 1'],
        ['[a,b]', '"[" at character 1'],
        ['[@this]a', '"a" at character 8'],
        ['@thisa', '"@" at character 1'],
        ['a.#(b%"x*")', '"%" at character 6'],
        ['a.#(b!%"x*")', '"!" at character 6'],
        ['a.#(b==~true)', '"~" at character 8'],
        ['a..b', '"." at character 3'],
        ['{ .input.userId == 1 }', '"{" at character 1'],
      ] as const
    ).map(([condition, at]): [string, unknown, string] => [
      condition,
      when(condition),
      `spec.nodes.root.steps[0].condition has ${at}; ${GJSON}`,
    ]),
    ...(
      [
        ['a.', 3],
        ['a.#(b', 6],
        ['a.#(', 5],
        ['a.#(b==', 8],
        ['\\', 1],
      ] as const
    ).map(([condition, at]): [string, unknown, string] => [
      condition,
      when(condition),
      `spec.nodes.root.steps[0].condition ${condition === '\\' ? 'has "\\\\"' : 'ends'} at character ${at}; ${GJSON}`,
    ]),
    [
      'a text of gjson that is none',
      when('a.#(b=="\\x")'),
      'spec.nodes.root.steps[0].condition has "\\x"; expected a text as JSON has it',
    ],
    [
      'queries without an end',
      when(`${'a.#('.repeat(21)}b${')'.repeat(21)}`),
      'spec.nodes.root.steps[0].condition has more than 20 queries in each other',
    ],
  ])('%s', async (_, nodes, expected) => {
    expect(await refusal(compile(inferenceGraph(nodes)))).toBe(`graph.yaml: ${expected}`);
  });

  test('a service that is bound to nothing, with all that was looked for', async () => {
    expect(await refusal(compile(inferenceGraph(root({ serviceName: 'new' })), { models: ['a'] }))).toBe(
      'graph.yaml: spec.nodes.root.steps[0] (the unit new) is bound to nothing: there is no entry new in ' +
        'SELDON_GRAPH_NODES or in the file of nodes beside the graph, no annotation seldon-lambda.io/node.new, ' +
        'and no file models/new.ts or models/New.ts; the models are a',
    );
  });

  test('a binding or an annotation of ours that means nothing', async () => {
    const nodes = await refusal(compile(inferenceGraph(root(A)), { nodes: { x: 'a' } }));
    expect(nodes).toContain('has "x", which is no unit; the units are root, a');
    const of = (name: string) => refusal(compile(inferenceGraph(root(A), { [name]: 'a' })));
    expect(await of('seldon-lambda.io/node.x')).toContain(
      'names a unit that is not there; the units are root, a',
    );
    expect(await of('seldon-lambda.io/optional.a')).toContain(
      'is not known; expected seldon-lambda.io/protocol',
    );
    expect(await of('seldon-lambda.io/protocol')).toContain('is "a"; expected one of v1, v2');
  });

  test('another version, and a time that is none', async () => {
    const graph = inferenceGraph(root(A));
    expect(await refusal(compile({ ...graph, apiVersion: 'v1' }))).toBe(
      'graph.yaml: apiVersion is "v1"; expected one of serving.kserve.io/v1alpha1',
    );
    expect(
      await refusal(compile(inferenceGraph(root(A), {}, { routerTimeouts: { serviceClient: '5s' } }))),
    ).toBe('graph.yaml: spec.routerTimeouts.serviceClient is "5s"; expected a whole number of seconds');
  });

  test('nodes that double at each level, and too many levels', async () => {
    const levels = Array.from({ length: 200 }, (_, level) => level);
    const chain = (steps: (next: string) => object[]) => ({
      root: node('Ensemble', ...steps('n0')),
      ...Object.fromEntries(
        levels.map((level) => [`n${level}`, node('Ensemble', ...steps(`n${level + 1}`))]),
      ),
      n200: node('Sequence', A),
    });
    const twice = chain((nodeName) => [{ nodeName }, { nodeName }]);
    expect(await refusal(compile(inferenceGraph(twice)))).toMatch(
      /expected at most 100 levels|over 1000 units/,
    );
    const wide = {
      root: node('Ensemble', ...levels.slice(0, 20).map(() => ({ nodeName: 'x' }))),
      x: node('Ensemble', ...levels.slice(0, 60).map(() => A)),
    };
    expect(await refusal(compile(inferenceGraph(wide)))).toMatch(/brings the graph to over 1000 units/);
    expect(await refusal(compile(inferenceGraph(chain((nodeName) => [{ nodeName }]))))).toMatch(
      /at most 100 levels/,
    );
  });
});
