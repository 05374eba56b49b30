import { describe, expect, test } from 'vitest';
import type { Compiled } from '../../src/graph/deployment.ts';
import { compile, deployment, deploymentOf, refusal, unit, type World } from '../support/graph-document.ts';

const PAIR = [unit('a'), unit('b')];
const ABTEST = { implementation: 'RANDOM_ABTEST' };
const HOST = { endpoint: { service_host: 'models.internal', service_port: 8080, type: 'REST' } };

/** The unit `x` that says all that a unit can say of where it runs; `without`: but for these. */
function everything(...without: readonly string[]): { readonly document: unknown; readonly world: World } {
  const has = (what: string) => !without.includes(what);
  const graph = unit('x', undefined, PAIR, {
    ...(has('implementation') ? ABTEST : {}),
    ...(has('host') ? HOST : {}),
  });
  const env = has('container') ? [{ name: 'MODEL_NAME', value: 'c' }] : [];
  return {
    document: deployment(graph, {
      annotations: has('annotation') ? { 'seldon-lambda.io/node.x': 'lambda:x' } : {},
      componentSpecs: [{ spec: { containers: [{ name: 'x', image: 'x:1', env }] } }],
    }),
    world: {
      models: ['a', 'b', 'c', ...(has('file') ? ['X'] : [])],
      nodes: has('nodes') ? { x: 'https://x.example' } : {},
    },
  };
}

function boundOf({ plan, bound }: Compiled, name = 'x'): string {
  const { target } = plan.predictors[0]?.units[name] ?? {};
  const by = bound.get(plan.predictors[0]?.name ?? '')?.get(name)?.by;
  return `${target} by ${by}`;
}

test.each([
  ['SELDON_GRAPH_NODES', [], 'https://x.example by SELDON_GRAPH_NODES'],
  ['the annotation', ['nodes'], 'lambda:x by the annotation seldon-lambda.io/node.x'],
  ['MODEL_NAME of the container', ['nodes', 'annotation'], 'model:c by MODEL_NAME of its container'],
  [
    'the implementation',
    ['nodes', 'annotation', 'container'],
    'implementation:RANDOM_ABTEST by its implementation',
  ],
  [
    'service_host',
    ['nodes', 'annotation', 'container', 'implementation'],
    'http://models.internal:8080 by service_host of its endpoint',
  ],
  [
    'the file',
    ['nodes', 'annotation', 'container', 'implementation', 'host'],
    'model:X by the name of its file',
  ],
])('the first that says something wins: %s', async (_name, without, expected) => {
  const { document, world } = everything(...without);
  expect(boundOf(await compile(document, world))).toBe(expected);
});

test('nothing that says anything is refused, with all that was looked for', async () => {
  const { document, world } = everything(
    'nodes',
    'annotation',
    'container',
    'implementation',
    'host',
    'file',
  );
  expect(await refusal(compile(document, world))).toBe(
    'graph.yaml: spec.predictors[0].graph (the unit x) is bound to nothing: there is no entry x in ' +
      'SELDON_GRAPH_NODES or in the file of nodes beside the graph, no annotation seldon-lambda.io/node.x, ' +
      'no MODEL_NAME in a container x, no hardcoded implementation, no service_host of another machine, and ' +
      'no file models/x.ts or models/X.ts; the models are a, b, c',
  );
});

test('a server of Kubernetes needs a class, and may be bound to one', async () => {
  const server = deployment(
    unit('iris', 'MODEL', [], { implementation: 'SKLEARN_SERVER', modelUri: 's3://bucket/iris' }),
  );
  expect(await refusal(compile(server, { models: [] }))).toMatch(
    /\(the unit iris\) is bound to nothing: SKLEARN_SERVER is a server of Kubernetes, in place of which a class has to serve it; .* there is no model in models$/,
  );
  const { plan } = await compile(server, { models: ['Iris'] });
  expect(plan.predictors[0]?.units.iris).toEqual({
    target: 'model:Iris',
    modelUri: 's3://bucket/iris',
    parameters: '[]',
    metadata: '',
  });
});

describe('a target', () => {
  test.each([
    ['Iris', 'model:Iris'],
    ['model:Iris', 'model:Iris'],
    ['iris.IrisClassifier', 'model:iris.IrisClassifier'],
    ['lambda:iris', 'lambda:iris'],
    ['lambda:iris:live', 'lambda:iris:live'],
    ['lambda:iris:$LATEST', 'lambda:iris:$LATEST'],
    ['lambda:iris-prod-*', 'lambda:iris-prod-*'],
    ['lambda:iris-prod-*:live', 'lambda:iris-prod-*:live'],
    [
      'arn:aws:lambda:eu-west-1:123456789012:function:iris',
      'arn:aws:lambda:eu-west-1:123456789012:function:iris',
    ],
    [
      'lambda:arn:aws-cn:lambda:cn-north-1:123456789012:function:iris-*',
      'arn:aws-cn:lambda:cn-north-1:123456789012:function:iris-*',
    ],
    ['https://iris.example/models/iris/', 'https://iris.example/models/iris'],
    ['http://10.0.0.1:9000', 'http://10.0.0.1:9000'],
  ])('may be %s', async (target, expected) => {
    const world = { models: ['Iris', 'iris.IrisClassifier'], nodes: { x: target } };
    expect(boundOf(await compile(deployment(unit('x')), world))).toBe(`${expected} by SELDON_GRAPH_NODES`);
  });

  test.each([
    ['lambda:', '"lambda:"'],
    ['lambda:a b', '"lambda:a b"'],
    ['lambda:*', '"lambda:*"'],
    ['lambda:a*b', '"lambda:a*b"'],
    ['arn:aws:s3:::bucket', '"arn:aws:s3:::bucket"'],
    ['arn:aws:lambda:eu-west-1:12:function:x', '"arn:aws:lambda:eu-west-1:12:function:x"'],
    ['http://', '"http://"'],
    ['https://me:secret@iris.example', '"https://...@iris.example"'],
    ['https://iris.example?x=1', '"https://iris.example?x=1"'],
    ['ftp://iris.example', '"ftp://iris.example"'],
    ['a/b', '"a/b"'],
    ['implementation:RANDOM_ABTEST', '"implementation:RANDOM_ABTEST"'],
  ])('may not be %s', async (target, shown) => {
    expect(await refusal(compile(deployment(unit('x')), { nodes: { x: target } }))).toBe(
      `graph.yaml: spec.predictors[0].graph (the unit x) is bound to ${shown} by SELDON_GRAPH_NODES; ` +
        'expected a model such as Iris or file.Class, lambda:name, lambda:name:alias, lambda:name-*, an ARN of ' +
        'a function, or an http(s):// URL',
    );
  });
});

test.each([
  ['classifier-1', ['classifier-1'], 'model:classifier-1'],
  ['classifier-1', ['Classifier1'], 'model:Classifier1'],
  ['classifier-1', ['classifier-1', 'Classifier1'], 'model:classifier-1'],
  ['mean_combiner', ['MeanCombiner'], 'model:MeanCombiner'],
  ['a.b', ['AB'], 'model:AB'],
  ['Iris', ['Iris'], 'model:Iris'],
  ['toString', ['ToString'], 'model:ToString'],
  ['constructor', ['constructor'], 'model:constructor'],
])('the unit %s has the file %s', async (name, models, expected) => {
  const { plan } = await compile(deployment(unit(name)), { models });
  expect(plan.predictors[0]?.units[name]?.target).toBe(expected);
});

test('a model that does not exist is refused with the models that do', async () => {
  const env = [{ name: 'MODEL_NAME', value: 'MyPythonClass' }];
  const componentSpecs = [{ spec: { containers: [{ name: 'm', env }] } }];
  expect(await refusal(compile(deployment(unit('m'), { componentSpecs }), { models: ['Iris'] }))).toBe(
    'graph.yaml: spec.predictors[0].graph (the unit m) is bound to the model MyPythonClass by MODEL_NAME of ' +
      'its container, and models has none of this name; the models are Iris',
  );
});

test('a host of this machine is that of the container beside the executor, and says nothing', async () => {
  for (const service_host of ['localhost', '127.0.0.1', '0.0.0.0', '']) {
    const graph = unit('m', 'MODEL', [], { endpoint: { service_host, service_port: 9000 } });
    expect(boundOf(await compile(deployment(graph)), 'm')).toBe('model:m by the name of its file');
  }
});

test('an entry for a unit that is not there is refused, with the units that are', async () => {
  expect(await refusal(compile(deployment(unit('m')), { nodes: { n: 'Iris' } }))).toBe(
    'graph.yaml: SELDON_GRAPH_NODES has "n", which is no unit; the units are m',
  );
});

test('two predictors may bind a unit of one name to two models', async () => {
  const document = deploymentOf([
    { name: 'main', traffic: 90, graph: unit('m') },
    { name: 'canary', traffic: 10, graph: unit('m') },
  ]);
  const { plan } = await compile(document, { nodes: { 'canary/m': 'a' } });
  expect(plan.predictors.map(({ units }) => units.m?.target)).toEqual(['model:m', 'model:a']);
});

test('an annotation of the predictor wins over that of the deployment', async () => {
  const annotations = { 'seldon-lambda.io/node.m': 'a' };
  const document = deploymentOf(
    [
      { name: 'main', traffic: 50, graph: unit('m') },
      { name: 'canary', traffic: 50, graph: unit('m'), annotations: { 'seldon-lambda.io/node.m': 'b' } },
    ],
    { annotations },
  );
  const { plan } = await compile(document);
  expect(plan.predictors.map(({ units }) => units.m?.target)).toEqual(['model:a', 'model:b']);
});
