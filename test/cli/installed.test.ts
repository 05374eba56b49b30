import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { unzipSync } from 'fflate';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { apiGatewayV2 } from '../support/events.ts';
import { packPackage, projectWith } from '../support/installed.ts';
import { startInstance } from '../support/lambda-instance.ts';
import { freePorts, removeFolders, run, start, temporaryFolder } from '../support/project.ts';
import { type Resource, readTemplate, serverless, type Template } from '../support/stack.ts';

const SERVERLESS =
  'service: shop\nprovider: { name: aws }\nplugins: [serverless-offline, seldon-lambda/serverless]\n';
const MANIFEST = '{ "name": "shop", "private": true, "type": "module" }\n';
const OFFLINE = [process.execPath, 'node_modules/serverless/bin/serverless.js', 'offline', 'start'];

/** A model that answers how it is configured. */
const echo = (name: string) => `
import { NdArray, type Payload } from 'seldon-lambda';
export class ${name} {
  private readonly factor: number;
  private calls = 0;
  constructor({ factor = 1 }: { factor?: number }) { this.factor = factor; }
  predict(X: Payload) {
    this.calls++;
    return X instanceof NdArray ? X.asType('float64').toNested().map((row) => [this.factor, ...row as number[]]) : ['no array'];
  }
  getState() { return { calls: this.calls }; }
  setState({ calls }: { calls: number }) { this.calls = calls; }
}
`;

let tarball: string;

beforeAll(async () => {
  tarball = await packPackage();
}, 120_000);

afterAll(removeFolders, 60_000);

describe('the tarball', () => {
  test('has the compiled code, the types, the licence, and nothing else', async () => {
    const { text } = await run(temporaryFolder(), ['tar', 'tzf', tarball]);
    const files = text.trim().split('\n').sort();
    const others = files.filter((file) => !file.startsWith('package/dist/lib/'));
    const documents = readdirSync(new URL('../../.github', import.meta.url)).filter((each) =>
      each.endsWith('.md'),
    );
    expect(others).toEqual(
      [
        'package.json',
        'LICENSE',
        'README.md',
        'models/FROM-PYTHON.md',
        ...documents.map((name) => `.github/${name}`),
      ]
        .map((file) => `package/${file}`)
        .sort(),
    );
    const kinds = new Set(
      files.filter((file) => !others.includes(file)).map((file) => /(\.d)?\.\w+$/.exec(file)?.[0]),
    );
    expect([...kinds].sort()).toEqual(['.cjs', '.d.ts', '.js', '.mjs', '.yml']);
    expect(files.filter((file) => /build-library|create-package|\.test\./.test(file))).toEqual([]);
  });

  test('is clean by the rules of publint', async () => {
    const { messages } = await publint({ pack: { tarball: toBuffer(readFileSync(tarball)) }, strict: true });
    expect(messages).toEqual([]);
  });

  test('has types for every way of importing it', async () => {
    const { problems } = (await checkPackage(createPackageFromTarballData(readFileSync(tarball)))) as {
      problems?: readonly {
        readonly kind: string;
        readonly entrypoint?: string;
        readonly resolutionKind?: string;
      }[];
    };
    const found = (problems ?? []).filter(
      // It is an ES module, and TypeScript's oldest resolution reads no `exports`.
      // serverless loads the plugin by its name; no code imports it.
      ({ kind, resolutionKind, entrypoint }) =>
        kind !== 'CJSResolvesToESM' && resolutionKind !== 'node10' && entrypoint !== './serverless',
    );
    expect(found).toEqual([]);
  });
});

function toBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

describe('a project with two models', () => {
  let project: string;
  let template: Template;

  beforeAll(async () => {
    const models = `
models:
  Fraud:
  BigScorer:
    path: score
    memory: 2048
    environment:
      PREDICTIVE_UNIT_PARAMETERS: '[{"name": "factor", "value": "3", "type": "INT"}]'
      STATE_OVERFLOW_URL: s3://weights/scorer/
`;
    project = await projectWith(tarball, {
      'package.json': MANIFEST,
      'serverless.yml': SERVERLESS + models,
      'models/Fraud.ts': echo('Fraud'),
      'models/BigScorer.ts': echo('BigScorer'),
    });
    const made = await serverless(project, ['package']);
    expect(made, made.text).toMatchObject({ code: 0 });
    template = readTemplate(project);
  }, 120_000);

  const functionsOf = ({ Resources }: Template) =>
    Object.fromEntries(
      Object.values(Resources)
        .filter(({ Type }) => Type === 'AWS::Lambda::Function')
        .map(({ Properties }) => [Properties.FunctionName, Properties]),
    );
  const own = ['predict', 'send-feedback', 'health', 'metadata', 'metrics', 'openapi'];

  test('has functions of each model, and those that load none once', () => {
    expect(Object.keys(functionsOf(template)).sort()).toEqual(
      [...own, ...own.map((name) => `score-${name}`), 'ping', 'docs', 'not-found']
        .map((name) => `shop-dev-${name}`)
        .sort(),
    );
  });

  test('gives each its environment, memory, role and unit id', () => {
    const { 'shop-dev-predict': first, 'shop-dev-score-predict': second } = functionsOf(template);
    expect(first.Environment.Variables).toMatchObject({ MODEL_NAME: 'Fraud', PREDICTIVE_UNIT_ID: 'fraud' });
    expect(first.Environment.Variables).not.toHaveProperty('STATE_OVERFLOW_URL');
    expect(second.Environment.Variables).toMatchObject({
      MODEL_NAME: 'BigScorer',
      PREDICTIVE_UNIT_ID: 'score',
      STATE_OVERFLOW_URL: 's3://weights/scorer/',
      STATE_URL: first.Environment.Variables.STATE_URL,
    });
    expect([first.MemorySize, second.MemorySize]).toEqual([1024, 2048]);
    const policyOf = ({ Role }: Resource['Properties']) =>
      JSON.stringify(template.Resources[Role['Fn::GetAtt'][0]]?.Properties.Policies);
    expect(policyOf(second)).toContain('weights/scorer/');
    expect(policyOf(first)).not.toContain('weights');
  });

  test('has the plain paths for the first, and paths with a prefix for each', () => {
    const paths = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
      .map(({ Properties }) => Properties);
    const targetOf = (key: string) =>
      JSON.stringify(paths.find(({ RouteKey }) => RouteKey === key)?.Target['Fn::Join']);
    expect(targetOf('ANY /fraud/predict')).toEqual(targetOf('ANY /predict'));
    expect(targetOf('ANY /score/predict')).toContain('Score');
    expect(targetOf('ANY /score/docs')).toEqual(targetOf('ANY /docs'));
    const open = paths.filter(
      ({ AuthorizationType }) => AuthorizationType === undefined || AuthorizationType === 'NONE',
    );
    const openKeys = open.map(({ RouteKey }) => RouteKey).filter((key: string) => key.startsWith('ANY'));
    expect(openKeys).toContain('ANY /score/health/ping');
    expect(openKeys).not.toContain('ANY /score/predict');
  });

  test('has both models in one zip, and says where each is', () => {
    const entries = Object.keys(unzipSync(readFileSync(join(project, 'dist/model.zip'))));
    expect(entries.filter((path) => path.startsWith('models/'))).toEqual([
      'models/BigScorer.mjs',
      'models/Fraud.mjs',
    ]);
    expect(template.Outputs).toMatchObject({ ModelName: { Value: 'Fraud,BigScorer' } });
    expect(JSON.stringify(template.Outputs.ScoreUrl)).toContain('/score');
  });

  test('is served on this machine, each with its parameters and its state', async () => {
    const [httpPort, lambdaPort] = await freePorts(2);
    const server = start(
      project,
      [...OFFLINE, '--httpPort', `${httpPort}`, '--lambdaPort', `${lambdaPort}`],
      {
        SLS_LOG_LEVEL: 'warning',
      },
    );
    onTestFinished(async () => {
      server.process.kill();
      await server.ended;
    });
    await server.says(/try it/);
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${httpPort}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"data":{"ndarray":[[7]]}}',
      });
      return (await answer.json()) as { data: { ndarray: unknown }; meta: { requestPath: object } };
    };
    expect(await ask('/predict')).toMatchObject({ data: { ndarray: [[1, 7]] } });
    expect(await ask('/fraud/predict')).toMatchObject({ data: { ndarray: [[1, 7]] } });
    const scored = await ask('/score/predict');
    expect(scored.data.ndarray).toEqual([[3, 7]]);
    expect(Object.keys(scored.meta.requestPath)).toEqual(['score']);
    const openapi = await (await fetch(`http://127.0.0.1:${httpPort}/score/seldon.json`)).json();
    expect(openapi).toMatchObject({ info: { title: 'BigScorer' }, servers: [{ url: '/score' }] });
    expect(server.text()).toContain(`BigScorer at http://127.0.0.1:${httpPort}/score\n`);
  });
});

describe('an existing project, in CommonJS, with models in a folder of its own', () => {
  let project: string;

  beforeAll(async () => {
    project = await projectWith(tarball, {
      'package.json': '{ "name": "old-shop", "private": true }\n',
      'serverless.yml':
        SERVERLESS +
        `modelFolder: src/ml
models: [Weighted]
functions:
  explain:
    handler: handlers/explain.handler
    role: StatefulRole
    events: [{ httpApi: ANY /explain }]
  route: null
resources:
  Resources:
    Reports: { Type: AWS::S3::Bucket }
`,
      'src/ml/Weighted.ts': `
import { readFile } from 'node:fs/promises';
import { modelFile, NdArray, type Payload } from 'seldon-lambda';
import { scale } from '../lib/scale.cjs';
export class Weighted {
  private weight = 0;
  async load() { this.weight = JSON.parse(await readFile(modelFile('weights/a.json'), 'utf8')).weight; }
  predict(X: Payload) { return X instanceof NdArray ? scale(X.toNested(), this.weight) : ['no array']; }
}
`,
      'src/ml/weights/a.json': '{ "weight": 5 }',
      'src/lib/scale.cjs': 'exports.scale = (rows, by) => rows.map((row) => row.map((x) => x * by));\n',
      'handlers/explain.ts': `
import { NdArray, zeros } from 'seldon-lambda';
import { createHandler } from 'seldon-lambda/handler';
export const handler = await createHandler([{
  routes: { '/explain': ['GET'] },
  respond: () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: \`an array: \${zeros([2]) instanceof NdArray}\` }),
}]);
`,
    });
    const made = await serverless(project, ['package']);
    expect(made, made.text).toMatchObject({ code: 0 });
  }, 120_000);

  test('has the functions and the resources that its file adds, and not those that are null there', () => {
    const { Resources } = readTemplate(project);
    expect(Resources).toHaveProperty('ExplainLambdaFunction');
    expect(Resources).toHaveProperty('Reports');
    expect(Resources).not.toHaveProperty('RouteLambdaFunction');
  });

  test('runs under the runtime client with its weights, its libraries and its own handler', async () => {
    const task = join(project, 'dist/model');
    const predict = await startInstance(task, 'predict', { MODEL_NAME: 'Weighted' });
    const body = '{"data":{"ndarray":[[2]]}}';
    const answer = await predict.invoke(apiGatewayV2({ method: 'POST', path: '/predict', body }));
    expect(JSON.stringify(answer)).toContain('[[10]]');
    await predict.kill();
    const explain = await startInstance(task, 'explain', { MODEL_NAME: 'Weighted' });
    const explained = await explain.invoke(apiGatewayV2({ method: 'GET', path: '/explain' }));
    expect(JSON.stringify(explained)).toContain('an array: true');
    await explain.kill();
  });
});

describe('the list of models', () => {
  let project: string;

  beforeAll(async () => {
    project = await projectWith(tarball, {
      'package.json': MANIFEST,
      'models/Fraud.ts': echo('Fraud'),
      'models/Iris.ts': echo('Iris'),
      'models/api.ts': echo('api'),
    });
  });

  test.each<[what: string, lines: string, said: RegExp]>([
    [
      'names a model that is not there',
      'models: [Fraud, Lost]',
      /there is no model "Lost" in .*models.*; there are Fraud, Iris, api/,
    ],
    [
      'is missing where there are several',
      '',
      /has the models Fraud, Iris, api: list those to serve in serverless\.yml/,
    ],
    [
      'has a path twice',
      'models: { Fraud: { path: iris }, Iris: }',
      /the model Iris would be served at \/iris, like Fraud/,
    ],
    [
      'has a path that the first model has',
      'models: [Fraud, api]',
      /the model api would be served at \/api, which is the beginning of a path/,
    ],
    ['has a setting that there is not', 'models: { Fraud: { memroy: 1 } }', /memroy/],
    [
      'has a path of two words',
      'models: { Fraud: { path: a/b } }',
      /models\.Fraud\.path is "a\/b"; expected one word of small letters and digits/,
    ],
    [
      'stands beside members that are none',
      'models: [Fraud]\ncustom: 3',
      /custom in serverless\.yml has 3; expected members by name/,
    ],
    ['is empty', 'models: []', /models in serverless\.yml is \[\]; expected names, such as \[MyModel\]/],
    ['is a text', 'models: Fraud', /models in serverless\.yml is "Fraud"; expected names/],
    ['has a list in it', 'models: [[Fraud]]', /models has \["Fraud"\]; expected a name/],
    ['has a number as settings', 'models: { Fraud: 2048 }', /models\.Fraud is 2048; expected settings/],
    [
      'has a name that makes no path',
      'models: { Fraud: , $: }',
      /models\.\$\.path is ""; expected one word of small letters/,
    ],
    [
      'has paths that make one name',
      'models: { Fraud: { path: a-1 }, Iris: { path: a1 } }',
      /the model Iris would be served at \/a1, like Fraud/,
    ],
    [
      'has no folder',
      'modelFolder: [models]',
      /modelFolder is \["models"\]; expected a path from serverless/,
    ],
    [
      'makes the name of a function of the project',
      'models: [Fraud, Iris]\nfunctions: { iris-predict: { handler: handlers/x.handler } }',
      /two functions would have the name iris-predict/,
    ],
    [
      'has a variable that cannot be used',
      'models: { Fraud: { environment: { METRICS_FLUSH_MS: 5s } } }',
      /METRICS_FLUSH_MS is "5s"; expected/,
    ],
  ])('that %s is refused', async (_what, lines, said) => {
    writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}${lines}\n`);
    const { code, text } = await serverless(project, ['print']);
    expect(text).toMatch(said);
    expect(code).not.toBe(0);
    expect(text).not.toMatch(/^\s+at /m);
  });

  test('stands in a file with empty members, lists of objects, and functions without events', async () => {
    const others = `params:
provider: { name: aws, tags: }
functions:
  - nightly: { handler: handlers/nightly.handler }
  - route: null
resources:
  - Resources: { FailedCalls: , Reports: { Type: AWS::S3::Bucket } }
custom:
`;
    const start = SERVERLESS.replace('provider: { name: aws }\n', '');
    writeFileSync(join(project, 'serverless.yml'), `${start}${others}models: [Fraud]\n`);
    const { code, text } = await serverless(project, ['print', '--format', 'json']);
    expect(code, text).toBe(0);
    const printed = JSON.parse(text.slice(text.indexOf('{')));
    expect(Object.keys(printed.functions)).toEqual(
      expect.arrayContaining(['predict', 'nightly', 'health', 'not-found']),
    );
    expect(printed.functions).not.toHaveProperty('route');
    expect(printed.params.default.auth).toBe('iam');
    expect(printed.provider.tags).toEqual({ service: 'shop', stage: 'dev' });
    expect(Object.keys(printed.resources.Resources)).toEqual(
      expect.arrayContaining(['StateTable', 'Reports']),
    );
    expect(printed.resources.Resources).not.toHaveProperty('FailedCalls');
  });

  test('that is wrong does not keep remove from its work', async () => {
    writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}models: [Lost]\n`);
    // Nobody listens there, and so it ends at its first question to AWS.
    const aws = {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    };
    const { text } = await serverless(project, ['remove'], [], { ...aws, MODEL_NAME: 'Nobody' });
    expect(text).toContain('127.0.0.1');
    expect(text).not.toMatch(/MODEL_NAME|Lost|parameter/);
  });

  test('may have words with which names of other functions begin', async () => {
    const models = 'models: { Fraud: , Iris: { path: send, functions: single } }';
    writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}${models}\n`);
    const { code, text } = await serverless(project, ['package']);
    expect(code, text).toBe(0);
    const names = Object.values(readTemplate(project).Resources)
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => Properties.FunctionName.replace('shop-dev-', ''));
    expect(names).toContain('send-feedback');
    expect(names.filter((name) => name.startsWith('send-'))).toEqual(['send-feedback', 'send-all']);
  });

  test('leaves a function of the project alone, with the first model or the one that it names', async () => {
    const functions = `functions:
  nightly: { handler: handlers/nightly.handler, role: StatefulRole, events: [{ schedule: rate(1 day) }] }
  explain-iris:
    handler: handlers/explain.handler
    role: StatefulRole
    environment: { MODEL_NAME: Iris }
    events: [{ httpApi: ANY /iris-reasons }]
`;
    writeFileSync(
      join(project, 'serverless.yml'),
      `${SERVERLESS}params: { default: { functions: single } }\nmodels: [Fraud, Iris]\n${functions}`,
    );
    const { code, text } = await serverless(project, ['package']);
    expect(code, text).toBe(0);
    const { Resources } = readTemplate(project);
    const modelOf = (id: string) => Resources[id]?.Properties.Environment.Variables.MODEL_NAME;
    expect(modelOf('NightlyLambdaFunction')).toBe('Fraud');
    expect(modelOf('ExplainDashirisLambdaFunction')).toBe('Iris');
    expect(Object.keys(Resources).filter((id) => /[Nn]ightlyLambdaFunction$/.test(id))).toHaveLength(1);
    const routes = Object.values(Resources).map(({ Properties }) => Properties?.RouteKey);
    expect(routes).toContain('ANY /iris-reasons');
    expect(routes).not.toContain('ANY /iris/iris-reasons');
  });

  test('that is too long for CloudFormation gets one function for all paths, and a sentence', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `Model${index + 1}`);
    for (const name of names) {
      writeFileSync(join(project, `models/${name}.ts`), echo(name));
    }
    writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}models: [${names.join(', ')}]\n`);
    const { code, text } = await serverless(project, ['package']);
    expect(code, text).toBe(0);
    expect(text).toMatch(
      /CloudFormation allows 500: .*Model12 get one function for all paths \(functions: single\)/,
    );
    const { Resources } = readTemplate(project);
    expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
    const keys = Object.values(Resources).map(({ Properties }) => Properties?.RouteKey);
    expect(keys).toContain('ANY /model12/{proxy+}');
    expect(keys).toContain('ANY /model1/predict');
  });
});
