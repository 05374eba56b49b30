import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { BATCH_VARIABLES } from '../../src/runtime/batch-config.ts';
import { VARIABLES } from '../../src/runtime/config.ts';
import { GRAPH_ROUTES } from '../../src/runtime/graph/routes.ts';
import { METRICS_VARIABLES } from '../../src/runtime/metrics-config.ts';
import { protocols } from '../../src/runtime/protocols/index.ts';
import { FUNCTIONS } from '../../src/runtime/routes.ts';
import { apiGatewayV2, readResult } from '../support/events.ts';
import { deploy, functionOfPath } from '../support/functions.ts';
import { documentOf } from '../support/openapi.ts';
import { copyProject, removeFolders } from '../support/project.ts';
import { program } from '../support/shared-program.ts';
import { readTemplate, resourcesOf, serverless, type Template } from '../support/stack.ts';

interface ServerlessYml {
  provider: { environment: Record<string, string> };
  functions: Record<string, { handler: string; events: { httpApi: string }[] }>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { functions, provider } = parseYaml(
  readFileSync(join(ROOT, 'serverless.yml'), 'utf8'),
) as ServerlessYml;
const handlers = readdirSync(join(ROOT, 'handlers')).map((file) => parse(file).name);
/** Those of models: the one of a graph is there instead of most of them. */
const ofModels = handlers.filter((name) => name !== 'graph');

afterEach(() => vi.unstubAllEnvs());

afterAll(removeFolders, 60_000);

describe('serverless.yml', () => {
  test('has a function for every handler, and no other', () => {
    expect(Object.keys(functions).sort()).toEqual(handlers.sort());
    for (const [name, { handler }] of Object.entries(functions)) {
      expect(handler).toBe(`handlers/${name}.handler`);
    }
  });

  test('leaves methods to the functions: each route is ANY, and the rest of the paths goes to not-found', () => {
    for (const [name, { events }] of Object.entries(functions)) {
      for (const { httpApi } of events) {
        const path = httpApi.replace(/\$\{env:\w+, '(.+)'\}/, '$1');
        expect(path).toMatch(name === 'not-found' ? /^\*$/ : /^ANY \/[\w./{}-]+$/);
      }
    }
  });

  test('gives each function the paths of its endpoints, in all protocols', () => {
    const rows = Object.entries(FUNCTIONS).flatMap(([name, endpoints]) =>
      endpoints.flatMap((endpoint) =>
        Object.keys(protocols.routesOf(endpoint)).map((path) => [path, name] as const),
      ),
    );
    expect([...functionOfPath].filter(([path]) => path !== '*').sort()).toEqual(rows.sort());
    expect(handlers.toSorted()).toEqual(Object.keys(FUNCTIONS).sort());
    const ofGraph = Object.values(GRAPH_ROUTES).flatMap((routes) => Object.keys(routes));
    const paths = functions.graph?.events.map(({ httpApi }) => httpApi.replace(/^ANY /, ''));
    expect(paths?.sort()).toEqual(ofGraph.sort());
  });

  test.each(ofModels.filter((name) => !['all', 'v2'].includes(name)))(
    'the handler %s answers these paths, and no other',
    async (name) => {
      const { invoke } = deploy({});
      for (const [path, owner] of functionOfPath) {
        if (path !== '*') {
          // A path that it has is refused for the method.
          const { status } = readResult(await invoke(name, apiGatewayV2({ method: 'PATCH', path })));
          expect([path, status]).toEqual([path, owner === name ? 405 : 404]);
        }
      }
    },
  );

  test('passes on every variable of the configuration that AWS does not set itself', () => {
    // AWS sets these for every function; MODEL_DIR is the zip's own.
    const isGiven = (name: string) => /^AWS_(?!ENDPOINT)/.test(name) || name === 'MODEL_DIR';
    const ours = [...VARIABLES, ...BATCH_VARIABLES, ...METRICS_VARIABLES].filter((name) => !isGiven(name));
    expect(Object.keys(provider.environment).sort()).toEqual(ours.sort());
    const defaults: Record<string, string> = {
      MODEL_NAME: "'Iris'",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: serverless' own placeholders.
      STATE_URL: "'dynamodb://${self:service}-${sls:stage}-state'",
    };
    for (const name of ours) {
      expect(provider.environment[name]).toBe(`\${env:${name}, ${defaults[name] ?? 'null'}}`);
    }
  });
});

describe('serverless package', { timeout: 240_000 }, () => {
  const PACKAGE = ['package'];
  let project: string;
  let template: Template;

  beforeAll(async () => {
    project = copyProject();
    const { code, text } = await serverless(project, PACKAGE, ['functions=all'], {
      PREDICTIVE_UNIT_IMAGE: '',
      SELDON_LOG_LEVEL: 'DEBUG',
    });
    expect({ code, text }).toMatchObject({ code: 0 });
    template = readTemplate(project);
  }, 240_000);

  test('makes the zip of a clean checkout, with the model that is served, without an account', () => {
    expect(modelsOf(project)).toEqual(['models/Iris.mjs']);
  });

  const STATE_URL = 'dynamodb://seldon-lambda-iris-dev-state';

  test('makes a table for the state that is paid per request and can be restored', () => {
    expect(resourcesOf(template, 'AWS::DynamoDB::Table')).toMatchObject([
      {
        TableName: 'seldon-lambda-iris-dev-state',
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: false,
        KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      },
    ]);
  });

  test('gives the functions the variables that the shell has, empty ones too, and no other', () => {
    const definitions = resourcesOf(template, 'AWS::Lambda::Function');
    // All but the one that stands for all, the one for many records, and the one for a URL.
    expect(definitions).toHaveLength(ofModels.length - 3);
    const stateless = ['docs', 'metadata', 'not-found', 'openapi', 'ping'];
    for (const { Handler, Environment } of definitions) {
      const mayKnow = !stateless.includes(parse(Handler as string).name.replace(/\.handler$/, ''));
      expect(Environment).toEqual({
        Variables: {
          MODEL_NAME: 'Iris',
          PREDICTIVE_UNIT_IMAGE: '',
          SELDON_LOG_LEVEL: 'DEBUG',
          // Only where the role may use it: it may hold a password.
          ...(mayKnow ? { STATE_URL } : {}),
        },
      });
    }
  });

  test('routes each path to its function', () => {
    const paths = [...functionOfPath.keys()].map((path) => (path === '*' ? '$default' : path));
    expect(routesOf(template)).toEqual(paths.sort());
  });

  test('takes the models that were packaged before, as they are now, and describes what it deploys', async () => {
    const other = copyProject();
    expect(await program(other, ['package', '--model', 'models/MeanCombiner.ts'])).toMatchObject({ code: 0 });
    const before = readFileSync(join(other, 'dist/model.zip'));
    appendFileSync(join(other, 'models/MeanCombiner.ts'), 'export const later = 1;\n');
    expect(await serverless(other, PACKAGE)).toMatchObject({ code: 0 });
    expect(modelsOf(other)).toEqual(['models/MeanCombiner.mjs']);
    expect(readFileSync(join(other, 'dist/model.zip')).equals(before)).toBe(false);
    const made = readTemplate(other);
    const [{ FunctionName, Environment }] = resourcesOf(made, 'AWS::Lambda::Function');
    expect(FunctionName).toMatch(/^seldon-lambda-mean-combiner-dev-/);
    expect(Environment).toEqual({
      Variables: {
        MODEL_NAME: 'MeanCombiner',
        STATE_URL: 'dynamodb://seldon-lambda-mean-combiner-dev-state',
      },
    });
    // Iris has no aggregate, and this one nothing else.
    expect(functionsOf(made)).toContain('aggregate');
    expect(functionsOf(made)).not.toContain('route');
    // The document lists the paths that API Gateway has.
    const openapi = resourcesOf(made, 'AWS::Lambda::Function').find(({ Handler }) =>
      Handler.includes('openapi'),
    );
    const variables = { ...openapi?.Environment.Variables, MODEL_DIR: join(ROOT, 'models') };
    const { paths } = await documentOf(deploy(variables));
    expect(Object.keys(paths).sort()).toEqual(routesOf(made).filter((path) => path !== '$default'));
    expect(paths).not.toHaveProperty('/predict');
  });

  test('takes the further files that were packaged before; of several models it asks which', async () => {
    const other = copyProject();
    const models = ['--model', 'models/MeanCombiner.ts', '--model', 'models/StandardScaler.ts'];
    writeFileSync(join(other, 'more.bin'), 'm');
    expect(await program(other, ['package', ...models, '--file', 'more.bin'])).toMatchObject({ code: 0 });
    const { code, text } = await serverless(other, PACKAGE);
    expect(code).not.toBe(0);
    expect(text).toContain(
      'dist/model.zip has the models MeanCombiner, StandardScaler; choose the one to serve, as with MODEL_NAME=MeanCombiner',
    );
    const chosen = { MODEL_NAME: 'MeanCombiner' };
    expect(await serverless(other, PACKAGE, [], chosen)).toMatchObject({ code: 0 });
    expect(modelsOf(other)).toEqual([
      'models/MeanCombiner.mjs',
      'models/StandardScaler.mjs',
      'models/more.bin',
    ]);
    // One of them is deleted: the other is left.
    rmSync(join(other, 'models/MeanCombiner.ts'));
    expect(await serverless(other, PACKAGE)).toMatchObject({ code: 0 });
    expect(modelsOf(other)).toEqual(['models/StandardScaler.mjs', 'models/more.bin']);
  });

  test('refuses a model that is not there, naming those that are', async () => {
    const { code, text } = await serverless(copyProject(), PACKAGE, [], { MODEL_NAME: 'Nope' });
    expect(text).toMatch(/there is no model "Nope" in .*; MODEL_NAME can be .*Iris/);
    expect(text).not.toMatch(/^ {4}at /m);
    expect(code).toBe(1);
  });
});

/** The names of the functions of a template. */
function functionsOf(template: Template): string[] {
  return resourcesOf(template, 'AWS::Lambda::Function').map(({ Handler }) =>
    (Handler as string).replace(/^handlers\/|\.handler$/g, ''),
  );
}

/** The paths of a template; `$default` stands for all others. */
function routesOf(template: Template): string[] {
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route')
    .map(({ RouteKey }) => RouteKey as string)
    .filter((key) => !key.startsWith('OPTIONS '))
    .map((key) => key.replace('ANY ', ''))
    .sort();
}

function modelsOf(project: string): string[] {
  const entries = Object.keys(unzipSync(readFileSync(join(project, 'dist/model.zip'))));
  return entries.filter((path) => path.startsWith('models/'));
}
