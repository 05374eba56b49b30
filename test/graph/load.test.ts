import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findGraph } from '../../src/graph/find-graph.ts';
import { loadGraph } from '../../src/graph/load-graph.ts';
import { needsOf } from '../../src/graph/needs.ts';
import { deployment, unit } from '../support/graph-document.ts';

const GRAPH = deployment(
  unit('r', 'ROUTER', [
    unit('classifier-1', 'MODEL', [], { modelUri: 's3://bucket/one' }),
    unit('other', 'TRANSFORMER', [unit('classifier-2', 'MODEL', [], { methods: ['TRANSFORM_OUTPUT'] })]),
  ]),
);
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'graph-'));
  for (const name of ['models/r.ts', 'models/Classifier1.ts', 'models/lib/two.ts']) {
    write(name, 'export class X {}');
  }
  write('graph.yaml', JSON.stringify(GRAPH));
  write('graph.nodes.yaml', 'classifier-2: lib.two.Two # a class of another name\nother: lambda:other\n');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const load = (environment: Record<string, string> = {}, given?: string) => {
  const source = findGraph(root, { environment, given });
  return loadGraph(source as NonNullable<typeof source>, {
    root,
    modelFolder: join(root, 'models'),
    environment,
  });
};

describe('the graph of a project', () => {
  const nameOf = (names: Parameters<typeof findGraph>[1]) =>
    findGraph(root, { environment: {}, ...names })?.name;

  test('is graph.yaml, or what says another one', () => {
    const other = write('deep/other.json', '{}');
    write('third.yaml', '');
    const all = {
      environment: { SELDON_GRAPH: 'third.yaml', ENGINE_PREDICTOR: 'e30=' },
      configured: './graph.yaml',
      last: other,
    };
    expect(nameOf({ ...all, given: other })).toBe('deep/other.json');
    expect(nameOf(all)).toBe('third.yaml');
    expect(nameOf({ ...all, environment: { ENGINE_PREDICTOR: 'e30=' } })).toBe('ENGINE_PREDICTOR');
    expect(nameOf({ ...all, environment: {} })).toBe('graph.yaml');
    expect(nameOf({ last: other })).toBe('deep/other.json');
    expect(nameOf({ last: join(root, 'removed.yaml') })).toBe('graph.yaml');
    expect(nameOf({})).toBe('graph.yaml');
  });

  test('is none where nothing says one, or an empty word does', () => {
    expect(nameOf({ environment: { SELDON_GRAPH: '' } })).toBeUndefined();
    expect(nameOf({ configured: false })).toBeUndefined();
    expect(findGraph(join(root, 'models'), { environment: {} })).toBeUndefined();
  });

  test.each([
    ['--graph', { given: '/nowhere/x.yaml' }, 'there is no graph /nowhere/x.yaml, which --graph names'],
    [
      'SELDON_GRAPH',
      { environment: { SELDON_GRAPH: '/nowhere/x.yaml' } },
      'there is no graph /nowhere/x.yaml, which SELDON_GRAPH names',
    ],
    [
      'serverless.yml',
      { configured: '/nowhere/x.yaml' },
      'there is no graph /nowhere/x.yaml, which graph in serverless.yml names',
    ],
    [
      'a list',
      { configured: ['graph.yaml'] },
      'graph in serverless.yml is ["graph.yaml"]; expected the path of a graph, or false',
    ],
  ])('that is not there is refused: %s', (_name, names, message) => {
    expect(() => nameOf(names)).toThrow(message);
  });
});

test('is bound by the file of nodes beside it, and has the files of its classes', async () => {
  const { plan, models, withModelUri } = await load();
  expect(
    Object.entries(plan.predictors[0]?.units ?? {}).map(([name, { target }]) => `${name} ${target}`),
  ).toEqual([
    'r model:r',
    'classifier-1 model:Classifier1',
    'other lambda:other',
    'classifier-2 model:lib.two.Two',
  ]);
  expect(models).toEqual({
    r: join(root, 'models/r.ts'),
    Classifier1: join(root, 'models/Classifier1.ts'),
    'lib/two': join(root, 'models/lib/two.ts'),
  });
  expect(withModelUri).toEqual(['Classifier1']);
  expect(needsOf(plan)).toEqual([
    { model: 'r', method: 'route', unit: 'r' },
    { model: 'Classifier1', method: 'predict', unit: 'classifier-1' },
    { model: 'lib.two.Two', method: 'predict', unit: 'classifier-2' },
    { model: 'lib.two.Two', method: 'transformOutput', unit: 'classifier-2' },
  ]);
});

test('SELDON_GRAPH_NODES wins over the file, unit by unit', async () => {
  const { plan } = await load({ SELDON_GRAPH_NODES: '{"other": "https://other.example"}' });
  expect(plan.predictors[0]?.units).toMatchObject({
    other: { target: 'https://other.example' },
    'classifier-2': { target: 'model:lib.two.Two' },
  });
});

test.each([
  [
    '{"nobody": "r"}',
    'graph.yaml: SELDON_GRAPH_NODES has "nobody", which is no unit; the units are r, classifier-1, other, classifier-2',
  ],
  ['{"main/nobody": "r"}', 'graph.yaml: SELDON_GRAPH_NODES has "main/nobody", which is no unit'],
  ['["r"]', 'SELDON_GRAPH_NODES is a list of 1; expected an object with members'],
  ['{"other": ["r"]}', 'SELDON_GRAPH_NODES.other is a list of 1; expected a text'],
  ['{"other": ""}', 'SELDON_GRAPH_NODES.other is empty; expected where the unit runs'],
  ['{"other": ', 'SELDON_GRAPH_NODES: line 1'],
  [
    '{"other": "Nobody"}',
    '(the unit other) is bound to the model Nobody by SELDON_GRAPH_NODES, and models has none of this name; the models are Classifier1, r',
  ],
])('SELDON_GRAPH_NODES=%s is refused', async (text, message) => {
  await expect(load({ SELDON_GRAPH_NODES: text })).rejects.toThrow(message);
});

test('a file of nodes that is wrong is refused by its name', async () => {
  write('graph.nodes.yaml', 'other: [lambda:x');
  await expect(load()).rejects.toThrow('graph.nodes.yaml: line 1, column');
});

test('a predictor of the environment is a graph, too', async () => {
  const text = JSON.stringify({ name: 'main', graph: unit('r', 'ROUTER', [unit('classifier-1')]) });
  const environment = {
    ENGINE_PREDICTOR: Buffer.from(text).toString('base64'),
    SELDON_DEPLOYMENT_ID: 'shop',
  };
  write('graph.nodes.yaml', '');
  expect((await load(environment)).plan).toMatchObject({
    deployment: 'shop',
    predictors: [{ name: 'main' }],
  });
  await expect(load({ ENGINE_PREDICTOR: 'not base64' })).rejects.toThrow(/^ENGINE_PREDICTOR: /);
});

test('the shell may turn the injection of routes off', async () => {
  const isInjected = async (environment: Record<string, string>) =>
    (await load(environment)).plan.predictors[0]?.isRoutingInjected;
  expect(await isInjected({})).toBe(true);
  expect(await isInjected({ SELDON_ENABLE_ROUTING_INJECTION: 'false' })).toBe(false);
});

test('a folder is no graph', async () => {
  await expect(load({ SELDON_GRAPH: 'models' })).rejects.toThrow(/^models: EISDIR/);
});
