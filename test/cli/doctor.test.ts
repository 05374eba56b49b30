import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../support/free-ports.ts';
import { writeFiles } from '../support/packages.ts';
import { removeFolders, run, temporaryFolder } from '../support/project.ts';
import { BIN, cli, quick, userFolder } from '../support/user-project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Report {
  readonly isGood: boolean;
  readonly checks: readonly {
    readonly status: string;
    readonly name: string;
    readonly text: string;
    readonly remedy?: string;
  }[];
  readonly fixed: readonly string[];
}

afterAll(removeFolders, 60_000);

/** Variables that make a check of the ports good, wherever it runs. */
async function withFreePorts(): Promise<Record<string, string>> {
  const [HTTP_PORT, LAMBDA_PORT] = await freePorts(2);
  return { HTTP_PORT: `${HTTP_PORT}`, LAMBDA_PORT: `${LAMBDA_PORT}` };
}

async function examine(project: string, environment: Record<string, string> = {}, ...args: string[]) {
  const variables = { ...(await withFreePorts()), ...environment };
  const { code, text } = await cli(project, ['doctor', '--json', ...args], variables);
  const report = JSON.parse(text) as Report;
  return { code, ...report, bad: report.checks.filter(({ status }) => status !== 'ok') };
}

describe('doctor', () => {
  let project: string;
  const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI' };

  beforeAll(async () => {
    const folder = userFolder();
    project = join(folder, 'fraud');
    await quick(folder, ['init', 'fraud', '--no-install']);
  }, 60_000);

  test('finds nothing in a new project, and shows no secret', async () => {
    const { code, isGood, checks, bad } = await examine(project, KEYS);
    expect(bad).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([
      'node',
      'packages',
      'serverless.yml',
      'tsconfig.json',
      'models',
      'environment',
      'ports',
      'aws',
    ]);
    expect(JSON.stringify(checks)).not.toMatch(/AKID|wJalr/);
    expect({ code, isGood }).toEqual({ code: 0, isGood: true });
  });

  test('compiles the graph of a project that has one', async () => {
    const graphOf = (name: string) => ({
      apiVersion: 'machinelearning.seldon.io/v1',
      kind: 'SeldonDeployment',
      metadata: { name: 'shop' },
      spec: { predictors: [{ name: 'main', graph: { name, childern: [] } }] },
    });
    const of = async (name: string) => {
      writeFiles(project, { 'graph.yaml': JSON.stringify(graphOf(name)) });
      const { checks } = await examine(project, KEYS);
      rmSync(join(project, 'graph.yaml'));
      return checks.filter((each) => each.name === 'graph').map(({ status, text }) => `${status} ${text}`);
    };
    expect(await of('fraud')).toEqual([
      'ok shop of graph.yaml: fraud',
      expect.stringMatching(/^warn spec.predictors\[0\].graph has "childern", which no unit has/),
    ]);
    expect(await of('nobody')).toEqual([expect.stringMatching(/^fail graph.yaml: .* is bound to nothing/)]);
  });

  test('has a line for each thing, with its remedy, and no colours in a file', async () => {
    const { code, text } = await cli(project, ['doctor'], await withFreePorts());
    expect(text).toMatch(/^ok {4}models {10}Fraud$/m);
    expect(text).toMatch(/^warn {2}aws .*no credentials.*\n +-> aws configure/m);
    expect(text).not.toContain('\u001b');
    expect(code).toBe(0);
  });

  test('says which port is taken, which variable cannot be read, and which model does not compile', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    writeFiles(project, { 'models/Broken.ts': 'export class Broken {\n  predict( {}\n}\n' });
    const settings = join(project, 'serverless.yml');
    const before = readFileSync(settings, 'utf8');
    writeFiles(project, { 'serverless.yml': before.replace('[Fraud]', '[Fraud, Broken]') });
    const { AWS_ACCESS_KEY_ID } = KEYS;
    const environment = { AWS_ACCESS_KEY_ID, HTTP_PORT: `${port}`, METRICS_FLUSH_MS: 'soon' };
    const { code, bad } = await examine(project, environment);
    server.close();
    writeFiles(project, { 'serverless.yml': before });
    rmSync(join(project, 'models/Broken.ts'));
    expect(bad).toMatchObject([
      { status: 'fail', name: 'models', text: expect.stringMatching(/^models\/Broken\.ts:3:\d+: Expected/) },
      { status: 'fail', name: 'environment', text: expect.stringMatching(/^METRICS_FLUSH_MS is "soon"/) },
      { status: 'warn', name: 'ports', text: `${port} cannot be used on 127.0.0.1` },
      { status: 'warn', name: 'aws', text: 'the environment has the ID of an access key only' },
    ]);
    expect(code).toBe(1);
  });

  test('warns of a package that is missing for a model that nobody has named, and fails for one that is listed', async () => {
    const folder = userFolder();
    const NEEDS = "import 'is-not-here';\nexport class Needs { predict() { return [1]; } }\n";
    writeFiles(folder, {
      'models/Own.ts': 'export class Own { predict() { return [1]; } }\n',
      'models/Needs.ts': NEEDS,
    });
    const of = async (models: string) => {
      writeFiles(folder, { 'serverless.yml': `service: own\n${models}` });
      const { checks } = await examine(folder, KEYS);
      return checks.filter(({ name }) => name === 'models').map((each) => ({ ...each, name: undefined }));
    };
    const why = 'models/Needs.ts:1:8: the package is-not-here is not installed: npm install is-not-here';
    expect(await of('')).toMatchObject([
      { status: 'ok', text: 'Own' },
      { status: 'warn', text: `without Needs, which serverless.yml does not list: ${why}` },
    ]);
    expect(await of('models: [Own, Needs]\n')).toMatchObject([
      { status: 'fail', text: why, remedy: 'install it' },
    ]);
  });

  test('looks at the list of models as a deployment does', async () => {
    const settings = readFileSync(join(project, 'serverless.yml'), 'utf8');
    const of = async (models: string, environment: Record<string, string> = {}) => {
      writeFiles(project, { 'serverless.yml': settings.replace('[Fraud]', models) });
      const { bad } = await examine(project, { ...KEYS, ...environment });
      writeFiles(project, { 'serverless.yml': settings });
      return bad.map(({ status, name, text }) => `${status} ${name}: ${text}`);
    };
    expect(await of('{ Fraud: { path: a b } }')).toEqual([
      expect.stringMatching(/^fail models: models\.Fraud\.path is "a b"; expected one word/),
    ]);
    expect(await of('{ Fraud: { path: 5 } }')).toEqual([
      expect.stringMatching(/^fail models: models\.Fraud\.path is "5"; expected one word/),
    ]);
    expect(await of('[Fraud, Fraud]')).toEqual(['fail models: models has "Fraud" twice; expected each once']);
    expect(await of('[Fraud]', { MODEL_NAME: 'Fruad' })).toEqual([
      'fail models: MODEL_NAME is Fruad; expected a model of serverless.yml: Fraud',
    ]);
    expect(await of(`{ Fraud: { path: '\${env:WORD}' } }`)).toEqual([]);
  });

  test('warns of a variable whose name looks like a slip', async () => {
    const settings = readFileSync(join(project, 'serverless.yml'), 'utf8');
    const models = 'models: { Fraud: { environment: { STATE_URI: x, OWN: y } } }';
    writeFiles(project, { 'serverless.yml': settings.replace('models: [Fraud]', models) });
    const { bad } = await examine(project, KEYS);
    writeFiles(project, { 'serverless.yml': settings });
    expect(bad).toMatchObject([
      { status: 'warn', text: 'the variable STATE_URI is unknown here; is STATE_URL meant?' },
    ]);
  });

  test('names the setting that is meant where serverless.yml has a slip', async () => {
    const settings = readFileSync(join(project, 'serverless.yml'), 'utf8');
    const of = async (...slips: [from: string | RegExp, to: string][]) => {
      const text = slips.reduce((before, [from, to]) => before.replace(from, to), settings);
      writeFiles(project, { 'serverless.yml': text });
      const { bad } = await examine(project, KEYS);
      writeFiles(project, { 'serverless.yml': settings });
      return bad.map(({ status, name, text }) => `${status} ${name}: ${text}`);
    };
    const more = (lines: string): [RegExp, string] => [/$/, `\n${lines}\n`];
    expect(await of([/\[Fraud\]/, '{ Fraud: { memroy: 2048 } }'])).toEqual([
      'fail models: models.Fraud has no setting memroy; is memory meant? expected path, memory, timeout, functions, environment',
    ]);
    expect(await of([/\[Fraud\]/, '{ Fraud: { memory: 12 MB, timeout: 20 } }'])).toEqual([
      'fail models: models.Fraud.memory is "12 MB"; expected a whole number from 128 to 10240',
    ]);
    expect(
      await of([/\[Fraud\]/, `{ Fraud: { memory: '\${param:memory}', environment: '\${file(x.yml)}' } }`]),
    ).toEqual([]);
    expect(
      await of(
        ['name: aws', 'name: aws\n  memroySize: 512'],
        more(
          'functions: { predcit: { timout: 5, environment: { STATE_URI: x } }, route2: { handler: handlers/x.handler } }',
        ),
        more('modelFodler: models'),
      ),
    ).toEqual([
      'fail serverless.yml: modelFodler is unknown; is modelFolder meant?',
      'fail serverless.yml: provider.memroySize is unknown; is memorySize meant?',
      'fail serverless.yml: functions.predcit has no handler; is functions.predict meant?',
      'fail serverless.yml: functions.predcit.timout is unknown; is timeout meant?',
      'warn environment: the variable STATE_URI is unknown here; is STATE_URL meant?',
    ]);
    expect(
      await of(
        more(
          `params: { defualt: { auth: none }, prod: { memroy: 1, auth: nobody, logDays: '\${env:DAYS}' } }`,
        ),
        more('custom: { mine: 1, opne: [], serverless-offline: { httpprot: 9100 } }'),
      ),
    ).toEqual([
      expect.stringMatching(
        /^fail serverless\.yml: there is no parameter memroy; is memory meant\? expected one of: auth/,
      ),
      'fail serverless.yml: parameter auth is nobody; expected iam, jwt, apikey, none',
      'warn serverless.yml: params.defualt is for a stage of the name defualt only; is params.default meant?',
      'warn serverless.yml: custom.opne is unknown; is open meant?',
      'warn serverless.yml: custom.serverless-offline.httpprot is unknown; is httpPort meant?',
    ]);
  });

  test('says which handler of the project does not compile', async () => {
    writeFiles(project, {
      'handlers/own.ts': "import { createHandler } from 'seldon-lambda/handler';\nexport const = 1;\n",
    });
    const { bad } = await examine(project, KEYS);
    rmSync(join(project, 'handlers'), { recursive: true });
    expect(bad).toMatchObject([
      { status: 'fail', name: 'models', text: expect.stringMatching(/^handlers\/own\.ts:2:\d+: /) },
    ]);
  });

  test('--fix writes what three files lack, and nothing else', async () => {
    const files = {
      'package.json':
        '{\n\t"name": "old",\n\t"type": "module",\n\t"devDependencies": {\n\t\t"seldon-lambda": "*"\n\t}\n}\n',
      'serverless.yml':
        '# mine\nservice: old # my service\nprovider:\n  name: aws\nplugins:\n  - serverless-offline # first\n',
      'tsconfig.json':
        '{\n  // mine\n  "compilerOptions": {\n    "moduleResolution": "node", // old\n    "strict": true,\n  }\n}\n',
      'models/Own.ts': 'export class Own { predict() { return [1]; } }\n',
    };
    const old = userFolder();
    writeFiles(old, files);
    // With the profiles of the AWS CLI.
    const HOME = temporaryFolder();
    writeFiles(HOME, { '.aws/config': '[default]\nregion = x\n[profile work]\nsso_session = y\n' });
    const before = await examine(old, { HOME, AWS_PROFILE: 'other' });
    expect(before.bad.map(({ name, text }) => `${name}: ${text}`)).toEqual([
      'packages: package.json does not ask for serverless',
      'packages: package.json does not ask for serverless-offline',
      'serverless.yml: has no plugin seldon-lambda/serverless',
      'serverless.yml: lists no models',
      expect.stringMatching(/^tsconfig\.json: with "moduleResolution": "node"/),
      'aws: there is no profile other',
    ]);
    expect(before.code).toBe(1);
    const after = await examine(old, { HOME, AWS_PROFILE: 'work' }, '--fix');
    expect(after.fixed).toHaveLength(5);
    expect({ code: after.code, bad: after.bad }).toEqual({ code: 0, bad: [] });
    const read = (path: string) => readFileSync(join(old, path), 'utf8');
    expect(read('serverless.yml')).toBe(
      `${files['serverless.yml']}  - seldon-lambda/serverless\n\nmodels:\n  - Own\n`,
    );
    expect(read('tsconfig.json')).toBe(
      files['tsconfig.json']
        .replace('"node", // old', '"bundler", // old')
        .replace('"moduleResolution"', '"module": "preserve",\n    "moduleResolution"'),
    );
    const manifest = JSON.parse(read('package.json'));
    expect(Object.keys(manifest)).toEqual(['name', 'type', 'devDependencies']);
    expect(Object.keys(manifest.devDependencies)).toEqual([
      'seldon-lambda',
      'serverless',
      'serverless-offline',
    ]);
    expect(read('package.json')).toContain('\n\t"name"');
    expect(read('models/Own.ts')).toBe(files['models/Own.ts']);
  });
});

test('doctor and start name the packages that are missing, and how to install them', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { 'package.json': { devDependencies: { 'seldon-lambda': '*', serverless: '*' } } });
  const { bad } = await examine(folder);
  expect(bad).toContainEqual(
    expect.objectContaining({ status: 'fail', text: 'serverless is not installed', remedy: 'npm install' }),
  );
  const started = await cli(folder, ['start']);
  expect(started.text).toBe(
    'serverless and serverless-offline are not installed here: npm install -D "serverless@npm:osls@^4" serverless-offline\n',
  );
  expect(started.code).toBe(2);
});

test('doctor finds nothing in this repository but credentials', async () => {
  const { code, text } = await run(ROOT, [process.execPath, BIN, 'doctor', '--json'], await withFreePorts());
  const { checks } = JSON.parse(text) as Report;
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
  expect(code).toBe(0);
});
