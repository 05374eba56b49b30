import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GraphPlan } from '../../src/runtime/graph/plan.ts';
import { inferenceGraph, node } from '../support/graph/inference-graph.ts';
import { deployment, unit } from '../support/graph-document.ts';
import { copyProject, removeFolders } from '../support/project.ts';
import { program } from '../support/shared-program.ts';

const MODELS = {
  'Chooser.ts': 'export class Chooser { route = () => 0; sendFeedback() {} }',
  'Lazy.ts': 'export class Lazy { predict(X: unknown) { return X; } }',
  'lib/doubler.ts':
    'export class Twice { transformInput(X: unknown) { return X; } predictRaw(m: unknown) { return m; } }',
  'Weighted.ts':
    "import { modelFile } from 'seldon-lambda';\nexport class Weighted { file = modelFile('weights.bin'); predict(X: unknown) { return X; } }",
  'Broken.ts': "import 'not-installed';\nexport class Broken { aggregate(Xs: unknown[]) { return Xs[0]; } }",
};
const GRAPH = deployment(
  unit('doubler', 'TRANSFORMER', [
    unit('chooser', 'ROUTER', [
      unit('lazy', 'MODEL'),
      unit('ab', undefined, [unit('lazy', 'MODEL'), unit('old')], { implementation: 'RANDOM_ABTEST' }),
    ]),
  ]),
  { replicas: 3 },
);
let project: string;

beforeAll(() => {
  project = copyProject();
  rmSync(join(project, 'models'), { recursive: true });
  for (const [name, text] of Object.entries(MODELS)) {
    write(`models/${name}`, text);
  }
});
afterAll(removeFolders, 60_000);

function write(name: string, content: unknown): void {
  mkdirSync(dirname(join(project, name)), { recursive: true });
  writeFileSync(join(project, name), typeof content === 'string' ? content : JSON.stringify(content));
}

const pack = (args: readonly string[], environment: Record<string, string> = {}) =>
  program(project, ['package', ...args], environment);

const zipped = (zip = 'dist/model.zip') => unzipSync(readFileSync(join(project, zip)));

const modelsIn = (zip?: string) => Object.keys(zipped(zip)).filter((path) => path.startsWith('models/'));

const planIn = (zip?: string) =>
  JSON.parse(Buffer.from(zipped(zip)['graph.json'] ?? '').toString()) as GraphPlan;

describe('package --graph', { timeout: 120_000 }, () => {
  let text: string;

  beforeAll(async () => {
    write('flow/shop.yaml', GRAPH);
    write('flow/shop.nodes.yaml', 'doubler: lib.doubler.Twice\nold: lambda:old-*\n');
    const result = await pack(['--graph', 'flow/shop.yaml']);
    text = result.text;
    expect(result).toMatchObject({ code: 0 });
  }, 120_000);

  test('puts the plan and the classes of its units into the zip, and no other model', () => {
    expect(modelsIn().sort()).toEqual(['models/Chooser.mjs', 'models/Lazy.mjs', 'models/lib/doubler.mjs']);
    expect(planIn()).toMatchObject({
      deployment: 'shop',
      predictors: [{ name: 'main', traffic: 100, root: { unit: 'doubler', input: 'transformInput' } }],
    });
    expect(existsSync(join(project, 'dist/model/graph.json'))).toBe(true);
  });

  test('names each unit with its binding, and what is ignored', () => {
    expect(text).toContain(
      [
        'the graph shop of flow/shop.yaml',
        '  main: 100 % of the requests',
        '    doubler  TRANSFORMER  model:lib.doubler.Twice       by flow/shop.nodes.yaml',
        '    chooser  ROUTER       model:Chooser                 by the name of its file',
        '    lazy     MODEL        model:Lazy                    by the name of its file',
        '    ab       ROUTER       implementation:RANDOM_ABTEST  by its implementation',
        '    old      MODEL        lambda:old-*                  by flow/shop.nodes.yaml',
        '',
      ].join('\n'),
    );
    expect(text).toContain('warning: ignored, as only Kubernetes needs it: replicas\n');
  });
});

describe('package --graph of an InferenceGraph', { timeout: 120_000 }, () => {
  test('puts its plan and the classes of its services into the zip, and says what stands for what', async () => {
    const nodes = {
      root: node('Sequence', { serviceName: 'lazy' }, { nodeName: 'either', data: '$response' }),
      either: node(
        'Splitter',
        { serviceName: 'old', weight: 10 },
        { serviceUrl: 'https://host/predict', weight: 90, name: 'new' },
      ),
    };
    write('flow/pipeline.json', inferenceGraph(nodes, {}, { minReplicas: 1 }));
    write('flow/pipeline.nodes.yaml', 'old: lambda:old-*\n');
    const { code, text } = await pack(['--graph', 'flow/pipeline.json', '--out', 'dist/k.zip']);
    expect(code, text).toBe(0);
    expect(planIn('dist/k.zip')).toMatchObject({ deployment: 'shop', protocol: 'tensorflow' });
    expect(modelsIn('dist/k.zip')).toEqual(['models/Lazy.mjs']);
    expect(text).toContain(
      [
        'the graph shop of flow/pipeline.json',
        '  default: 100 % of the requests',
        '    root        UNKNOWN_TYPE  implementation:KSERVE_SEQUENCE  by its type Sequence',
        '    lazy        MODEL         model:Lazy                      by the name of its file',
        '    either      ROUTER        implementation:WEIGHTED         by its type Splitter',
        '    old         MODEL         lambda:old-*                    by flow/pipeline.nodes.yaml',
        '    either-new  MODEL         https://host/predict            by its serviceUrl',
        '',
      ].join('\n'),
    );
    expect(text).toContain('warning: ignored, as only Kubernetes needs it: minReplicas\n');
  });
});

describe('a graph is packaged without being named', { timeout: 120_000 }, () => {
  const small = (name: string) => ({ ...deployment(unit('lazy')), metadata: { name } });

  test('when it is graph.yaml, and not with --model', async () => {
    write('graph.yaml', small('by-default'));
    expect(await pack(['--out', 'dist/a.zip'])).toMatchObject({ code: 0 });
    expect(planIn('dist/a.zip').deployment).toBe('by-default');
    expect(await pack(['--out', 'dist/b.zip', '--model', 'models/Chooser.ts'])).toMatchObject({ code: 0 });
    expect(Object.keys(zipped('dist/b.zip'))).not.toContain('graph.json');
    rmSync(join(project, 'graph.yaml'));
  });

  test('when SELDON_GRAPH names it, and its units are in the JSON of the report', async () => {
    write('named.json', small('by-name'));
    const args = ['--out', 'dist/c.zip', '--json'];
    const { code, text } = await pack(args, { SELDON_GRAPH: 'named.json' });
    expect(code).toBe(0);
    expect(planIn('dist/c.zip').deployment).toBe('by-name');
    const [line = ''] = text.split('\n').filter((each) => each.startsWith('{'));
    const row = { predictor: 'main', unit: 'lazy', type: 'MODEL', target: 'model:Lazy' };
    expect(JSON.parse(line).units).toEqual([{ ...row, by: 'the name of its file' }]);
  });
});

describe('nothing is written when', { timeout: 120_000 }, () => {
  const refused = async (graph: unknown, environment: Record<string, string> = {}) => {
    write('bad.yaml', graph);
    const { code, text } = await pack(['--graph', 'bad.yaml', '--out', 'out/bad.zip'], environment);
    expect(existsSync(join(project, 'out'))).toBe(false);
    expect(code).toBe(2);
    return text.trim().split('\n');
  };

  test('a graph cannot work', async () => {
    expect(await refused(deployment(unit('nobody')))).toEqual([
      expect.stringMatching(
        /^bad.yaml: spec.predictors\[0\].graph \(the unit nobody\) is bound to nothing: /,
      ),
    ]);
  });

  test('a class lacks the method that its node calls', async () => {
    const graph = deployment(unit('r', 'ROUTER', [unit('c', 'COMBINER', [unit('lazy')])]));
    const nodes = { r: 'Lazy', c: 'Chooser' };
    expect(await refused(graph, { SELDON_GRAPH_NODES: JSON.stringify(nodes) })).toEqual([
      `bad.yaml: the unit r needs the method route, which Lazy in ${join(project, 'models/Lazy.ts')} does not have`,
      `bad.yaml: the unit c needs the method aggregate, which Chooser in ${join(project, 'models/Chooser.ts')} does not have`,
    ]);
  });

  test('it is not there itself', async () => {
    const { code, text } = await pack(['--graph', 'nowhere.yaml']);
    expect({ code, text }).toEqual({
      code: 2,
      text: `there is no graph ${join(project, 'nowhere.yaml')}, which --graph names\n`,
    });
  });

  test('a class lacks a file, unless a MODEL_URI of each of its units brings it', async () => {
    const weighted = (modelUri?: string) => unit('weighted', 'MODEL', [], modelUri ? { modelUri } : {});
    const other = { ...weighted('s3://bucket/b'), name: 'weighted-b' };
    const nodes = { SELDON_GRAPH_NODES: '{"weighted-b": "Weighted"}' };
    const of = (root: object) => deployment({ ...root, children: [other] });
    expect((await refused(of(weighted()), nodes))[0]).toContain("modelFile('weights.bin')");
    write('good.yaml', of(weighted('s3://bucket/a')));
    expect(await pack(['--graph', 'good.yaml', '--out', 'dist/d.zip'], nodes)).toMatchObject({ code: 0 });
  });
});

test('a class that cannot be imported here may work elsewhere: it is told', async () => {
  write('broken.yaml', deployment(unit('broken', 'COMBINER', [unit('lazy', 'TRANSFORMER')])));
  const args = ['--graph', 'broken.yaml', '--out', 'dist/e.zip'];
  expect(await pack(args)).toMatchObject({
    code: 2,
    text: expect.stringContaining('npm install not-installed'),
  });
  const { code, text } = await pack([...args, '--external', 'not-installed']);
  expect(code).toBe(0);
  expect(text).toMatch(
    /^warning: the class Broken could not be looked at: Cannot find package 'not-installed'/m,
  );
  expect(text).toContain(
    `warning: the unit lazy needs the method transformInput, which Lazy in ${join(project, 'models/Lazy.ts')} does not have: a message passes it as it is\n`,
  );
}, 120_000);
