import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { echo, MANIFEST, packPackage, projectWith, SERVERLESS } from '../../support/installed.ts';
import { removeFolders } from '../../support/project.ts';
import { readTemplate, serverless } from '../../support/stack.ts';
import { cli } from '../../support/user-project.ts';

let tarball: string;

beforeAll(async () => {
  tarball = await packPackage();
}, 120_000);

afterAll(removeFolders, 60_000);

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
      'has a path that is a number',
      'models: { Fraud: { path: 5 } }',
      /models\.Fraud\.path is "5"; expected one/,
    ],
    [
      'stands beside members that are none',
      'models: [Fraud]\ncustom: 3',
      /custom in serverless\.yml has 3; expected members by name/,
    ],
    ['is empty', 'models: []', /models in serverless\.yml is \[\]; expected names, such as \[MyModel\]/],
    ['is a text', 'models: Fraud', /models in serverless\.yml is "Fraud"; expected names/],
    ['has a list in it', 'models: [[Fraud]]', /models has \["Fraud"\]; expected a name/],
    ['has a name twice', 'models: [Fraud, Iris, Fraud]', /models has "Fraud" twice; expected each once/],
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

  test('is not looked for in a broken record of the last zip, which is named', async () => {
    writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}models: [Fraud]\n`);
    mkdirSync(join(project, 'dist'));
    writeFileSync(join(project, 'dist/meta.json'), '{');
    const { code, text } = await serverless(project, ['package']);
    rmSync(join(project, 'dist'), { recursive: true });
    expect(text).toMatch(/^\S+dist\/meta\.json cannot be read: .*; remove it, or package again$/m);
    expect(text).not.toMatch(/^\s+at /m);
    expect(code).not.toBe(0);
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
    mkdirSync(join(project, 'handlers'));
    for (const name of ['nightly', 'explain']) {
      writeFileSync(join(project, `handlers/${name}.ts`), 'export const handler = async () => ({});\n');
    }
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

  test('may stand beside functions of ours that are left out, also one that is to be warm', async () => {
    const lines = 'models: [Fraud]\nfunctions: { predict: null, send-feedback: null }\n';
    writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}${lines}`);
    const { code, text } = await serverless(project, ['package']);
    expect(code, text).toBe(0);
    const names = Object.keys(readTemplate(project).Resources);
    expect(names).toContain('HealthLambdaFunction');
    expect(names.filter((name) => /^(Predict|SendDashfeedback)Lambda/.test(name))).toEqual([]);
    const warm = await serverless(project, ['package', '--param', 'warmUp=rate(5 minutes)']);
    expect(warm.text).toMatch(/warmFunctions has predict, which the model does not have; expected names of /);
  });

  test('may give a model variables of its own; one that looks like a slip is told', async () => {
    const variables =
      'MODEL_ID: a, MODEL_URL: b, PREDICTIVE_UNIT_PARAMETRS: c, METRICSURL: d, MODEL_NAMES: e';
    const models = `models: { Fraud: { environment: { ${variables} } } }`;
    writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}${models}\n`);
    const { code, text } = await serverless(project, ['package']);
    expect(code, text).toBe(0);
    // MODEL_NAME is set already.
    expect(text.match(/^warning: the variable .*$/gm)).toEqual([
      'warning: the variable MODEL_URL is unknown here; is MODEL_URI meant?',
      'warning: the variable PREDICTIVE_UNIT_PARAMETRS is unknown here; is PREDICTIVE_UNIT_PARAMETERS meant?',
      'warning: the variable METRICSURL is unknown here; is METRICS_URL meant?',
    ]);
  });

  test('names classes that their files have, and what the zip lacks is told', async () => {
    const code =
      "import { modelFile } from 'seldon-lambda';\nexport class Fair { predict(name: string) { return modelFile(name); } }\n";
    writeFileSync(join(project, 'models/Renamed.ts'), code);
    const said = async (name: string, command: string) => {
      writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}models: [${name}]\n`);
      const { code, text } =
        command === 'deploy' ? await serverless(project, ['package']) : await cli(project, [command]);
      return {
        isDone: code === 0,
        said: text.match(/^.*(no class|literal).*$/gm)?.map((line) => line.replace(/^.*Renamed\.ts/, '')),
      };
    };
    const renamed = ' exports Fair, but no class Renamed: rename the class, or name the model Renamed.Fair';
    const literal = ': modelFile(name): expected a literal text; the file is not in the zip';
    for (const command of ['package', 'deploy']) {
      expect(await said('Renamed', command)).toEqual({ isDone: false, said: [renamed] });
      expect(await said('Renamed.Fair', command)).toEqual({
        isDone: true,
        said: [literal],
      });
    }
    expect((await said('Renamed', 'doctor')).said).toEqual([renamed, literal]);
    expect((await said('Renamed.Fair', 'doctor')).said).toEqual([literal]);
  });

  test('stands beside functions of the project, whose handlers have to be in the zip', async () => {
    mkdirSync(join(project, 'handlers'), { recursive: true });
    writeFileSync(join(project, 'handlers/daily.mts'), 'export const handler = async () => ({});\n');
    const said = async (definition: string) => {
      const text = `models: [Fraud]\nfunctions:\n  daily: { role: StatefulRole, ${definition} }\n`;
      writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}${text}`);
      const { code, text: all } = await serverless(project, ['package']);
      return { code, sentence: /^functions\..*$/m.exec(all)?.[0] };
    };
    expect(await said('handler: handlers/daily.handler')).toEqual({ code: 0, sentence: undefined });
    expect(await said('handler: /opt/wrapper.handler')).toEqual({ code: 0, sentence: undefined });
    for (const [handler, why] of [
      ['handlers/dialy.handler', 'there is no file handlers/dialy.ts'],
      ['handlers/daily.handle', 'handlers/daily exports handler'],
      ['src/daily.handler', 'expected a file in handlers/, as handlers/own.handler'],
    ]) {
      const { code, sentence } = await said(`handler: ${handler}`);
      expect(sentence).toBe(`functions.daily.handler is ${handler}; ${why}`);
      expect(code).not.toBe(0);
    }
  });

  test.each([
    [6, 'the last ones', ['ANY /model6/{proxy+}', 'ANY /model1/predict']],
    [12, 'all', ['ANY /model12/{proxy+}', 'ANY /model1/{proxy+}', 'ANY /predict']],
  ])(
    'of %i that is too long for CloudFormation: %s get one function for all paths',
    async (count, _, routes) => {
      const names = Array.from({ length: count }, (_, index) => `Model${index + 1}`);
      for (const name of names) {
        writeFileSync(join(project, `models/${name}.ts`), echo(name));
      }
      writeFileSync(join(project, 'serverless.yml'), `${SERVERLESS}models: [${names.join(', ')}]\n`);
      const { code, text } = await serverless(project, ['package']);
      expect(code, text).toBe(0);
      const sentence = `CloudFormation allows 500: .*Model${count} get one function for all paths \\(functions: single\\)`;
      expect(text).toMatch(new RegExp(sentence));
      const { Resources } = readTemplate(project);
      expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
      const keys = Object.values(Resources).map(({ Properties }) => Properties?.RouteKey);
      expect(keys).toEqual(expect.arrayContaining(routes));
    },
  );
});
