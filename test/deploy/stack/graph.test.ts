import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { HAS_CFN_LINT, lint } from '../../support/cfn-lint.ts';
import { deployment, deploymentOf, unit } from '../../support/graph-document.ts';
import { ownTemplate } from '../../support/own-project.ts';
import { type Resource, resourcesOf, serverless, type Template } from '../../support/stack.ts';
import { inTurn, openLanes, templateFile, templateFor } from '../../support/templates.ts';

openLanes();

const LOCAL = deployment(
  unit('EpsilonGreedy', 'ROUTER', [
    unit('iris', 'MODEL'),
    unit('ab', undefined, [unit('iris', 'MODEL'), unit('Iris')], { implementation: 'RANDOM_ABTEST' }),
  ]),
);
const API = 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod';
const ARN = 'arn:aws:lambda:us-west-2:123456789012:function:far';
const TARGETS = {
  one: 'lambda:one',
  two: 'lambda:two:live',
  all: 'lambda:iris-prod-*',
  far: ARN,
  api: API,
  web: 'https://x.example',
};
const REMOTE = deploymentOf([
  {
    name: 'main',
    traffic: 100,
    annotations: Object.fromEntries(
      Object.entries(TARGETS).map(([name, target]) => [`seldon-lambda.io/node.${name}`, target]),
    ),
    graph: unit('one', 'TRANSFORMER', [
      unit('EpsilonGreedy', 'ROUTER', [
        ...['two', 'all', 'far', 'api', 'web'].map((name) => unit(name)),
        unit('iris', 'MODEL', [], {
          modelUri: 's3://bucket/iris',
          logger: { mode: 'all', url: 'sqs://payloads' },
        }),
      ]),
    ]),
  },
  { name: 'mirror', shadow: true, graph: unit('iris', 'MODEL') },
]);
const BESIDE = ['graph', 'metrics', 'not-found', 'ping'];

/** A graph in a file, by a name that is the same at each run. */
function fileOf(name: string, graph: object): string {
  const folder = join(inject('lanes'), 'graphs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, JSON.stringify(graph));
  return file;
}

const environmentOf = (name: string, graph: object) => ({ SELDON_GRAPH: fileOf(name, graph) });

const templateOf = (name: string, graph: object, parameters: readonly string[] = []) =>
  templateFor(parameters, { environment: environmentOf(name, graph) });

function functionsOf(template: Template): string[] {
  return resourcesOf(template, 'AWS::Lambda::Function')
    .map(({ Handler }) => Handler.replace(/^handlers\/(.*)\.handler$/, '$1'))
    .sort();
}

function routesOf(template: Template): string[] {
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey);
}

/** The permissions of the graph's role that are not those of every function with a state. */
function grantsOf({ Resources }: Template): unknown[] {
  const statements: { Action: string[]; Resource: unknown }[] = (Resources.GraphRole as Resource).Properties
    .Policies[0].PolicyDocument.Statement;
  return statements
    .filter(({ Action }) => !/^(logs|xray|dynamodb):/.test([Action].flat()[0] ?? ''))
    .map(({ Action, Resource }) => [[Action].flat(), Resource]);
}

const lambda = (name: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${name}`,
});
const QUEUE = [['sqs:SendMessage'], { 'Fn::GetAtt': ['FailedCalls', 'Arn'] }];

describe.concurrent('a graph', () => {
  test('has a function with the paths of the orchestrator, and no functions of single models', async () => {
    const template = await templateOf('local', LOCAL);
    expect(functionsOf(template)).toEqual(BESIDE);
    const routes = routesOf(template);
    for (const path of [
      '/api/v1.0/predictions',
      '/api/v0.1/feedback',
      '/seldon/{namespace}/{deployment}/api/v1.0/predictions',
      '/api/v1.0/status/{node}',
      '/api/v1.0/metadata',
      '/ready',
      '/live',
      '/docs',
      '/seldon.json',
      '/health/ping',
    ]) {
      expect(routes).toContain(`ANY ${path}`);
    }
    expect(routes).not.toContain('ANY /predict');
    expect(new Set(routes).size).toBe(routes.length);
  });

  test('gives its name to the service, and is not taken for a model', async () => {
    const template = await templateOf('local', LOCAL);
    const [graph] = resourcesOf(template, 'AWS::Lambda::Function').filter(({ Handler }) =>
      /graph/.test(Handler),
    );
    expect(graph.FunctionName).toBe('seldon-lambda-shop-dev-graph');
    expect(graph.Environment.Variables).toEqual({ STATE_URL: 'dynamodb://seldon-lambda-shop-dev-state' });
    expect(template.Outputs.ModelName?.Value).toBe('shop');
    // By these, /metrics finds what the graph has counted.
    const [metrics] = resourcesOf(template, 'AWS::Lambda::Function').filter(({ Handler }) =>
      Handler.includes('metrics'),
    );
    expect(metrics.Environment.Variables).toMatchObject({
      SELDON_DEPLOYMENT_ID: 'shop',
      PREDICTOR_ID: 'main',
      PREDICTOR_LABELS: '{"version":"main"}',
    });
  });

  test('of classes alone may call no function', async () => {
    expect(grantsOf(await templateOf('local', LOCAL))).toEqual([QUEUE]);
  });

  test('may call exactly the functions and APIs that its units are bound to, and those of shadows', async () => {
    const endpoints = [
      'predict',
      'transform-input',
      'transform-output',
      'route',
      'aggregate',
      'send-feedback',
      'health',
      'metadata',
    ];
    const call = (...names: unknown[]) => [['lambda:InvokeFunction'], names];
    const s3 = (name: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${name}` });
    const grants = grantsOf(await templateOf('remote', REMOTE));
    expect(grants).toEqual(
      expect.arrayContaining([
        QUEUE,
        call(lambda('one')),
        call(lambda('two:live')),
        call(...endpoints.map((name) => lambda(`iris-prod-${name}`))),
        call(ARN),
        [
          ['execute-api:Invoke'],
          {
            'Fn::Sub':
              // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own.
              'arn:${AWS::Partition}:execute-api:eu-west-1:${AWS::AccountId}:a1b2c3/*',
          },
        ],
        call(lambda('seldon-lambda-shop-dev-graph-mirror')),
      ]),
    );
    const others = JSON.stringify(grants.filter((each) => !/lambda:|execute-api/.test(JSON.stringify(each))));
    expect(others).toContain(JSON.stringify(s3('bucket/iris/*')));
    expect(others).toContain(':payloads');
  });

  test('has a function for each shadow, which the other one calls', async () => {
    const template = await templateOf('remote', REMOTE);
    const functions = resourcesOf(template, 'AWS::Lambda::Function');
    const variablesOf = (name: string) =>
      functions.find(({ FunctionName }) => FunctionName === `seldon-lambda-shop-dev-${name}`)?.Environment
        .Variables;
    expect(variablesOf('graph-mirror')).toMatchObject({ SELDON_PREDICTOR: 'mirror' });
    expect(variablesOf('graph').SELDON_SHADOWS).toBe(
      '{"mirror":"lambda:seldon-lambda-shop-dev-graph-mirror"}',
    );
    expect(variablesOf('graph')).not.toHaveProperty('SELDON_PREDICTOR');
    const { SELDON_SHADOWS } = variablesOf('graph-mirror');
    expect(SELDON_SHADOWS).toBeUndefined();
  });

  test('may call the shadows that SELDON_SHADOWS names, which then have no functions here', async () => {
    const SELDON_SHADOWS = JSON.stringify({ mirror: 'lambda:theirs:live' });
    const environment = { ...environmentOf('remote', REMOTE), SELDON_SHADOWS };
    const template = await templateFor([], { environment });
    expect(functionsOf(template)).toEqual(BESIDE);
    expect(grantsOf(template)).toContainEqual([['lambda:InvokeFunction'], [lambda('theirs:live')]]);
    expect(JSON.stringify(grantsOf(template))).not.toContain('mirror');
  });

  test.each([
    ['mirror=lambda:x', 'SELDON_SHADOWS is not a JSON object'],
    ['{"one":"lambda:x"}', 'SELDON_SHADOWS has "one"; expected mirror'],
    ['{"mirror":"Iris"}', 'SELDON_SHADOWS: mirror is "Iris"; expected lambda:name'],
    [
      '{"mirror":"lambda:seldon-lambda-shop-dev-graph"}',
      'the shadow mirror is bound to lambda:seldon-lambda-shop-dev-graph, the function of the graph itself',
    ],
  ])('is refused for the SELDON_SHADOWS %s', async (SELDON_SHADOWS, message) => {
    const environment = { ...environmentOf('remote', REMOTE), SELDON_SHADOWS };
    const { code, text } = await inTurn((project) => serverless(project, ['package'], [], environment));
    expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining(message) });
  });

  test('keeps warm by default what is called', async () => {
    const template = await templateOf('local', LOCAL, ['provisionedConcurrency=2']);
    expect(resourcesOf(template, 'AWS::Lambda::Alias')).toHaveLength(1);
    expect(JSON.stringify(resourcesOf(template, 'AWS::Lambda::Alias'))).toContain('Graph');
  });

  test.each([
    [
      'a unit that is bound to the graph itself',
      { one: 'lambda:seldon-lambda-shop-dev-graph' },
      {},
      'the unit one is bound to lambda:seldon-lambda-shop-dev-graph, the function of the graph itself',
    ],
    [
      'a unit whose ARN is that of the graph itself',
      { one: 'arn:aws:lambda:us-east-1:123456789012:function:seldon-lambda-shop-dev-graph:live' },
      {},
      'the unit one is bound to arn:aws:lambda:us-east-1:123456789012:function:seldon-lambda-shop-dev-graph:live, the function of the graph itself',
    ],
    [
      'a folder of this machine',
      {},
      { modelUri: 'file:///models/iris' },
      'the unit iris: MODEL_URI is file:///models/iris, a place on this machine, which a function on AWS does not have',
    ],
    [
      'a log that nothing can write to',
      {},
      { logger: { mode: 'all', url: 'kafka://x' } },
      'the unit iris: PAYLOAD_LOG_URL is kafka://x; expected a URL of',
    ],
  ])('is refused for %s', async (name, nodes, more, message) => {
    const graph = deployment(unit('one', 'TRANSFORMER', [unit('iris', 'MODEL', [], more)]));
    const SELDON_GRAPH_NODES = JSON.stringify({ one: 'lambda:x', ...nodes });
    const environment = { ...environmentOf(`refused ${name.slice(0, 12)}`, graph), SELDON_GRAPH_NODES };
    const { code, text } = await inTurn((project) => serverless(project, ['package'], [], environment));
    expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining(message) });
  });

  test('is refused for a unit of a shadow that is bound to the function of the shadow', async () => {
    const target = 'lambda:seldon-lambda-shop-dev-graph-mirror:live';
    const environment = {
      ...environmentOf('remote', REMOTE),
      SELDON_GRAPH_NODES: JSON.stringify({ 'mirror/iris': target }),
    };
    const { code, text } = await inTurn((project) => serverless(project, ['package'], [], environment));
    const message = `the unit iris is bound to ${target}, the function of the graph itself`;
    expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining(message) });
  });

  test('that cannot work is refused by a command that deploys, and by no other', async () => {
    const environment = environmentOf('bad', deployment(unit('nobody')));
    const of = (command: string[]) => inTurn((project) => serverless(project, command, [], environment));
    expect((await of(['package'])).text).toContain('(the unit nobody) is bound to nothing');
    expect((await of(['info', '--help'])).code).toBe(0);
  });
});

describe('in a project of its own', () => {
  const templateIn = (lines: string) => ownTemplate(lines, LOCAL);

  test('a graph alone needs no list of models', async () => {
    const template = await templateIn('graph: flow.yaml\n');
    expect(functionsOf(template)).toEqual(BESIDE);
  });

  test('models that are listed have their functions beside it, but not its paths', async () => {
    const template = await templateIn('graph: flow.yaml\nmodels: [Iris, EpsilonGreedy]\n');
    const names = resourcesOf(template, 'AWS::Lambda::Function').map(({ FunctionName }) => FunctionName);
    expect(names).toEqual(
      expect.arrayContaining(['app-dev-graph', 'app-dev-predict', 'app-dev-epsilon-greedy-route']),
    );
    expect(names.filter((name: string) => name.includes('graph'))).toHaveLength(1);
    const routes = routesOf(template);
    expect(new Set(routes).size).toBe(routes.length);
    expect(routes).toEqual(
      expect.arrayContaining([
        'ANY /predict',
        'ANY /epsilon-greedy/route',
        'ANY /api/v1.0/predictions',
        'ANY /docs',
        'ANY /epsilon-greedy/docs',
        'ANY /epsilon-greedy/seldon.json',
      ]),
    );
    expect(template.Outputs.ModelName?.Value).toBe('Iris,EpsilonGreedy,shop');
    // One scrape has all of them.
    const sources = (name: string) =>
      resourcesOf(template, 'AWS::Lambda::Function').find(({ FunctionName }) => FunctionName === name)
        ?.Environment?.Variables?.METRICS_SOURCES;
    expect(JSON.parse(sources('app-dev-metrics'))).toEqual([
      {
        SELDON_DEPLOYMENT_ID: 'shop',
        PREDICTOR_ID: 'main',
        PREDICTOR_LABELS: '{"version":"main"}',
        PREDICTIVE_UNIT_ID: '',
      },
      { PREDICTIVE_UNIT_ID: 'epsilon-greedy' },
    ]);
    expect(sources('app-dev-epsilon-greedy-metrics')).toBeUndefined();
  });

  test('graph: false leaves graph.yaml alone', async () => {
    const template = await templateIn('graph: false\nmodels: [Iris]\n');
    expect(functionsOf(template)).toContain('predict');
    expect(functionsOf(template)).not.toContain('graph');
  });
});

test('without a graph, its function and its role are left out', async () => {
  const template = await templateFor();
  expect(functionsOf(template)).not.toContain('graph');
  expect(template.Resources.GraphRole).toBeUndefined();
});

test.skipIf(!HAS_CFN_LINT)(
  'cfn-lint has no error in the template of a graph, and no warning but W3005',
  async () => {
    const combinations: [object, readonly string[]][] = [
      [LOCAL, []],
      [REMOTE, []],
      [LOCAL, ['api=rest', 'auth=apikey']],
      [REMOTE, ['api=rest', 'auth=none', 'alarmTopic=a@b.example', 'warmUp=rate(5 minutes)']],
      [REMOTE, ['functions=single', 'provisionedConcurrency=1']],
    ];
    const files = await Promise.all(
      combinations.map(([graph, parameters]) =>
        templateFile(parameters, { environment: environmentOf(graph === LOCAL ? 'local' : 'remote', graph) }),
      ),
    );
    const findings = (await lint(files)).map(
      ({ Rule, Message, Location }) => `${Rule.Id} ${Message} ${Location.Path?.join('/')}`,
    );
    expect(findings.filter((finding) => !finding.startsWith('W3005 '))).toEqual([]);
  },
  600_000,
);
